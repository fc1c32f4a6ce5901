/// The arrows that DESIGN.md allows: which of our own targets each one may import. A new arrow is a decision, and is made
/// here in plain sight.
enum HouseArrows {
    /// Floor of each room; an arrow points down, or from an adapter to the port beside which it stands.
    static let floors: [String: Int] = [
        "CRabbitMQ": 0, "CHiredis": 0, "CZlib": 0, "CISAL": 0, "CExpat": 0, "CMalloc": 0,
        "Domain": 1, "RouteSolver": 1, "Tabular": 1, "AMQP": 1, "Redis": 1,
        "Jobs": 2, "JobsAMQP": 2, "Catalog": 2, "CatalogSQLite": 2, "ObjectStore": 2, "RouteFiles": 2,
        "Imports": 3, "ImportsRedis": 3, "Snapshots": 3, "Operations": 3, "Geocoding": 3, "GeocodingHTTP": 3,
        "HTTPAPI": 4, "Notifier": 4,
        "srto": 5,
    ]

    /// Adapters and the ports that they implement, on their own floor.
    static let adapters: [String: Set<String>] = [
        "JobsAMQP": ["Jobs"],
        "CatalogSQLite": ["Catalog", "Jobs"],
        "ImportsRedis": ["Imports"],
        "GeocodingHTTP": ["Geocoding"],
    ]

    /// Rooms that only adapters, or the executable, may know.
    static let hidden: [String: Set<String>] = [
        "CRabbitMQ": ["AMQP"], "CHiredis": ["Redis"], "CZlib": ["Tabular"], "CISAL": ["Tabular"], "CExpat": ["Tabular"],
        "CMalloc": ["srto"],
        "AMQP": ["JobsAMQP", "srto"], "Redis": ["ImportsRedis", "srto"],
        "JobsAMQP": ["srto"], "CatalogSQLite": ["srto"], "ImportsRedis": ["srto"], "GeocodingHTTP": ["srto"],
    ]

    /// Libraries that a room must not import, beyond the arrows: a room that says nothing of HTTP does not import it.
    static let forbiddenLibraries: [String: Set<String>] = [
        "Domain": ["NIOCore", "GRDB", "Hummingbird", "Logging"],
        "RouteSolver": ["NIOCore", "Logging"],
        "RouteFiles": ["Foundation", "NIOCore", "Logging"],
        "Tabular": ["Foundation", "NIOCore", "Logging"],
        "Catalog": ["GRDB", "NIOCore", "Hummingbird"],
        "Jobs": ["NIOCore", "GRDB", "Hummingbird"],
        "Imports": ["NIOCore", "GRDB", "Hummingbird"],
        "Geocoding": ["NIOCore", "GRDB", "Hummingbird", "AsyncHTTPClient"],
        "Snapshots": ["NIOCore", "GRDB", "Hummingbird"],
        "Operations": ["NIOCore", "GRDB", "Hummingbird"],
        "HTTPAPI": ["GRDB"],
        "Notifier": ["GRDB"],
    ]

    /// Why `from` may not import `to`; nil when it may.
    static func fault(from: String, to: String) -> String? {
        guard let lower = floors[to] else { return nil }
        guard let upper = floors[from] else { return "\(from) stands on no floor of DESIGN.md" }
        if let knowers = hidden[to], !knowers.contains(from) {
            return "\(from) imports \(to), which only \(knowers.sorted().joined(separator: ", ")) may know"
        }
        if lower < upper || adapters[from]?.contains(to) == true { return nil }
        return "\(from) (floor \(upper)) imports \(to) (floor \(lower)): arrows point down only"
    }
}
