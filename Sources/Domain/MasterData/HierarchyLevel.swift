/// The levels of the territory hierarchy, widest first.
package enum HierarchyLevel: String, Sendable, Codable, CaseIterable {
    case country = "COUNTRY"
    case zone = "ZONE"
    case region = "REGION"
    case area = "AREA"
    case distributor = "DT"

    /// Whether a territory of this level may hold one of `other`.
    package func isWider(than other: HierarchyLevel) -> Bool { rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
