import Foundation
import Jobs

extension TopologyDefinition {
    /// What `topology/definitions.json` holds.
    static var truth: TopologyDefinition {
        get throws { try TopologyDefinition(definitionsJSON: truthBytes) }
    }

    /// The bytes of `topology/definitions.json`.
    static var truthBytes: Data {
        get throws {
            let root = URL(filePath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try Data(contentsOf: root.appending(path: "topology/definitions.json"))
        }
    }
}
