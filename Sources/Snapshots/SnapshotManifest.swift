import Domain
import Foundation

/// What points at a territory's newest snapshot (`metadata.json` of the specification's section 4.4).
struct SnapshotManifest: Codable, Equatable {
    var territoryId: String
    /// Catalog version that the snapshot shows.
    var version: Int64
    /// SHA-256 of the content, hexadecimal.
    var hash: String
    var outlets: Int
    var generatedAt: String

    var state: SnapshotState {
        SnapshotState(
            territoryId: territoryId, version: version, hash: hash, outlets: outlets, generatedAt: generatedAt)
    }

    init(territoryId: String, version: Int64, hash: String, outlets: Int, generatedAt: String) {
        self.territoryId = territoryId
        self.version = version
        self.hash = hash
        self.outlets = outlets
        self.generatedAt = generatedAt
    }

    /// Reads the object's bytes.
    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    }

    /// The object's bytes.
    func encoded() throws -> [UInt8] { Array(try JSONEncoder.canonical.encode(self)) }
}
