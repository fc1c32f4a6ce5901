import Foundation

extension ServerAPI {
    /// The newest version of every schema.
    func schemas() async throws(ClientError) -> [JSONValue] {
        try await list(address.url("/api/import/schema"), named: "schemas")
    }

    /// Saves a schema, and answers what was saved.
    func save(schema: Data) async throws(ClientError) -> JSONValue {
        try await fetch(
            Call(method: .POST, url: address.url("/api/import/schema"), body: .json(schema)), as: JSONValue.self)
    }
}
