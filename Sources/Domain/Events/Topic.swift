/// What a client can follow, and the subject of the events that tell of it.
package enum Topic: Sendable, Hashable, CustomStringConvertible {
    case importSession(String)
    case territory(String)
    case queues

    /// `import:ID`, `territory:ID` or `queues`.
    package var description: String {
        switch self {
        case .importSession(let id): "import:\(id)"
        case .territory(let id): "territory:\(id)"
        case .queues: "queues"
        }
    }

    /// Reads a topic's text; nil when it is none, or its id is empty or longer than 200 characters.
    package init?(_ text: String) {
        if text == "queues" {
            self = .queues
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let id = String(text[text.index(after: colon)...])
        guard !id.isEmpty, id.count <= 200 else { return nil }
        switch text[..<colon] {
        case "import": self = .importSession(id)
        case "territory": self = .territory(id)
        default: return nil
        }
    }
}
