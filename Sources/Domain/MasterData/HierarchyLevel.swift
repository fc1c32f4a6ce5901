/// The levels of the territory hierarchy, widest first.
package enum HierarchyLevel: String, Sendable, Codable, CaseIterable {
    case country = "COUNTRY"
    case zone = "ZONE"
    case region = "REGION"
    case area = "AREA"
    case distributor = "DT"
}
