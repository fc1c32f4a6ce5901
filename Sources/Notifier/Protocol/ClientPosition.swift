/// Where a client stopped: what it gives back when it subscribes again.
package struct ClientPosition: Sendable, Codable, Equatable {
    /// Incarnation of the event log, as `welcome`, `subscribed` and `event` frames tell it.
    package var log: String?
    /// Offset of the last frame that carried one.
    package var offset: Int64?
    /// The last sequence seen of each topic.
    package var sequences: [String: Int64]

    package init(log: String?, offset: Int64?, sequences: [String: Int64]) {
        self.log = log
        self.offset = offset
        self.sequences = sequences
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        log = try container.decodeIfPresent(String.self, forKey: .log)
        offset = try container.decodeIfPresent(Int64.self, forKey: .offset)
        sequences = try container.decodeIfPresent([String: Int64].self, forKey: .sequences) ?? [:]
    }
}
