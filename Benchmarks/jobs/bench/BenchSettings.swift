import AMQP

/// What the scripts tell by environment variables.
struct BenchSettings: Sendable {
    /// `SRTO_AMQP_URL`; everything else of the connection is as it is in production.
    let amqp: AMQPConfiguration
    /// `MESSAGES`: how many jobs.
    let messages: Int
    /// `WINDOW`: jobs in a worker's hands at once.
    let window: Int
    /// `CATALOG`: path of the catalog's file.
    let catalogPath: String?
    /// `NAME`: what a worker calls itself beside its effects.
    let name: String

    /// - Throws: `BenchError` when a number is none, `AMQPError` when the URL is none.
    init(_ environment: [String: String]) throws {
        guard let url = environment["SRTO_AMQP_URL"] else { throw BenchError("SRTO_AMQP_URL is not set") }
        var amqp = try AMQPConfiguration(url: url)
        amqp.connectionName = "jobs-bench"
        self.amqp = amqp
        messages = try Self.number("MESSAGES", in: environment) ?? 200_000
        window = try Self.number("WINDOW", in: environment) ?? 500
        catalogPath = environment["CATALOG"]
        name = environment["NAME"] ?? "worker"
    }

    /// - Throws: `BenchError` without a path, `CatalogError` when the file cannot be opened.
    func openCatalog() throws -> EnduranceCatalog {
        guard let catalogPath else { throw BenchError("CATALOG is not set: the path of the catalog's file") }
        return try EnduranceCatalog(path: catalogPath)
    }

    private static func number(_ name: String, in environment: [String: String]) throws -> Int? {
        guard let text = environment[name] else { return nil }
        guard let number = Int(text), number > 0 else { throw BenchError("\(name)=\(text) is no number above 0") }
        return number
    }
}
