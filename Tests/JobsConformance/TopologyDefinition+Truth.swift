package import Foundation
package import Jobs
import TestSupport

extension TopologyDefinition {
    /// What `topology/definitions.json` holds.
    package static var truth: TopologyDefinition {
        get throws { try TopologyDefinition(definitionsJSON: truthBytes) }
    }

    /// The bytes of `topology/definitions.json`.
    package static var truthBytes: Data {
        get throws { try Data(contentsOf: TestServers.repository.appending(path: "topology/definitions.json")) }
    }
}
