/// Whether something that SRTO stands on can be used.
package struct DependencyHealth: Sendable, Codable, Equatable {
    /// `catalog`, `broker`, `objects` and the like.
    package var name: String
    package var ok: Bool
    /// Whether requests cannot be answered without it.
    package var isEssential: Bool
    /// What is wrong, in words that may be shown to anybody.
    package var detail: String?

    package init(name: String, ok: Bool, isEssential: Bool, detail: String? = nil) {
        self.name = name
        self.ok = ok
        self.isEssential = isEssential
        self.detail = detail
    }
}
