import Foundation

/// How far a job is: its checkpoint, and what it tells at its end.
struct GeocodingProgress: Codable, Equatable {
    /// Of the last outlet that was looked up.
    var position: Int64 = 0
    /// Outlets that were given coordinates.
    var located = 0
    /// Outlets whose address the provider does not know.
    var unknown = 0
    /// Outlets whose place would lie outside the configured box.
    var outside = 0
    /// Outlets whose address the provider does not take.
    var refused = 0
    /// How often the provider failed at the next outlet's address; nil for never.
    var failures: Int?

    init() {}

    /// Goes on where an earlier run was; from the start where nothing can be read of it.
    init(checkpoint: Data?) {
        do {
            self = try checkpoint.map { try JSONDecoder().decode(Self.self, from: $0) } ?? Self()
        } catch {
            self.init()
        }
    }
}
