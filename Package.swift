// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let webSocket: [Target.Dependency] = [
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOWebSocket", package: "swift-nio"),
]
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTestKit: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

/// A room of the house: a library target whose arrows to other rooms are exactly `rooms`.
func room(_ name: String, _ rooms: [Target.Dependency] = [], uses libraries: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: rooms + libraries, exclude: ["README.md"], swiftSettings: house)
}

/// The tests of a room.
func tests(_ name: String, _ rooms: [Target.Dependency], uses libraries: [Target.Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: rooms + libraries, swiftSettings: house)
}

let package = Package(
    name: "srto",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "srto", targets: ["srto"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Floor 0: C module maps.
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),

        // Floor 1: rooms that know nothing of SRTO, and Domain.
        room("Domain"),
        room("RouteSolver"),
        room("Tabular", ["CZlib", "CISAL", "CExpat"]),
        room("AMQP", ["CRabbitMQ"], uses: nio + [log]),
        room("Redis", ["CHiredis"], uses: nio + [log]),

        // Floor 2: jobs, catalog, objects, and their adapters.
        room("Jobs", ["Domain"], uses: [log, lifecycle, metrics]),
        room(
            "JobsAMQP", ["Jobs", "AMQP"],
            uses: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
            ]),
        room("Catalog", ["Domain"]),
        room(
            "CatalogSQLite", ["Catalog", "Jobs", "Domain"],
            uses: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        room("ObjectStore", ["Domain"], uses: [crypto, .product(name: "NIOPosix", package: "swift-nio")]),

        room("RouteFiles", ["RouteSolver", "Tabular"]),

        // Floor 3: what SRTO does.
        room("Imports", ["Domain", "Jobs", "Catalog", "ObjectStore", "Tabular"], uses: [crypto, log, lifecycle]),
        room("ImportsRedis", ["Imports", "Redis", "Domain"], uses: [log]),
        room("Snapshots", ["Domain", "Jobs", "Catalog", "ObjectStore", "Tabular"], uses: [crypto, log, lifecycle]),
        room("Geocoding", ["Domain", "Jobs", "Catalog"], uses: [crypto, log]),
        room(
            "GeocodingHTTP", ["Geocoding", "Domain"],
            uses: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
            ]),
        room(
            "Operations", ["Domain", "Jobs", "Catalog"],
            uses: [
                log, lifecycle, .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Yams", package: "Yams"),
            ]),

        // Floor 4: what clients talk to.
        room(
            "HTTPAPI", ["Domain", "Imports", "Snapshots", "Operations", "Catalog", "ObjectStore"],
            uses: [
                hummingbird, log, .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        room(
            "Notifier", ["Domain", "Jobs", "Catalog"],
            uses: [hummingbird, .product(name: "HummingbirdCore", package: "hummingbird"), log, lifecycle]
                + nio + webSocket),

        // Floor 5: the command line and the composition root.
        .executableTarget(
            name: "srto",
            dependencies: [
                "Domain", "Tabular", "AMQP", "Redis", "Jobs", "JobsAMQP", "Catalog", "CatalogSQLite", "ObjectStore",
                "Imports", "ImportsRedis", "Snapshots", "Geocoding", "GeocodingHTTP", "Operations", "HTTPAPI",
                "Notifier", "RouteFiles", "RouteSolver", "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                crypto, hummingbird, .product(name: "HummingbirdCore", package: "hummingbird"), lifecycle, log,
                .product(name: "SystemPackage", package: "swift-system"),
            ] + nio + webSocket,
            exclude: ["README.md"],
            swiftSettings: house),

        // Benchmarks: what `make bench-jobs` runs beside the peers and `make endurance` kills.
        .executableTarget(
            name: "jobs-bench",
            dependencies: [
                "AMQP", "Domain", "Jobs", "JobsAMQP", "Catalog", "CatalogSQLite", log, lifecycle,
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/jobs/bench", swiftSettings: house),
        // What `make bench-tabular` runs: the reader alone, and what the sniffer makes of files.
        .executableTarget(
            name: "tabular-bench", dependencies: ["Tabular"], path: "Benchmarks/tabular/bench", swiftSettings: house),

        .executableTarget(
            name: "import-bench", dependencies: ["Domain", "Imports", "Tabular"], path: "Benchmarks/rows",
            exclude: ["schema.json"], swiftSettings: house),

        // What `make bench-import` runs beside an import.
        .executableTarget(
            name: "commits-bench", dependencies: ["Catalog", "CatalogSQLite", "Domain"],
            path: "Benchmarks/bulk/commits",
            swiftSettings: house),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            path: "Tests/TestSupport", swiftSettings: house),
        .target(
            name: "JobsConformance", dependencies: ["Domain", "Jobs", "TestSupport"], path: "Tests/JobsConformance",
            swiftSettings: house),
        // Archives and workbooks, made by tests.
        .target(
            name: "TabularFixtures", dependencies: ["Tabular"], path: "Tests/TabularFixtures", swiftSettings: house),
        tests("HouseTests", ["TestSupport"]),
        tests("DomainTests", ["Domain"]),
        tests("RouteSolverTests", ["RouteSolver"]),
        tests("RouteFilesTests", ["RouteFiles", "RouteSolver", "Tabular"]),
        .testTarget(
            name: "TabularTests", dependencies: ["Tabular", "TabularFixtures", "TestSupport"],
            exclude: ["Agreement/csv_oracle.py", "Archives/Fixtures"],
            swiftSettings: house),
        tests("AMQPTests", ["AMQP", "TestSupport"], uses: nio + [log]),
        tests("RedisTests", ["Redis", "Domain", "Imports", "ImportsRedis", "TestSupport"], uses: nio + [log]),
        tests(
            "JobsTests", ["Domain", "Jobs", "JobsConformance", "Catalog", "CatalogSQLite", "TestSupport"],
            uses: [
                log, lifecycle, lifecycleTestKit, metrics,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        tests("SimulationTests", ["Domain", "Jobs", "JobsConformance", "TestSupport"], uses: [log]),
        tests(
            "JobsAMQPTests", ["AMQP", "Domain", "Jobs", "JobsAMQP", "JobsConformance", "TestSupport"],
            uses: nio + [log]),
        tests(
            "CatalogSQLiteTests", ["Catalog", "CatalogSQLite", "Domain", "Jobs", "TestSupport"],
            uses: [.product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "ImportsTests",
            [
                "AMQP", "Catalog", "CatalogSQLite", "Domain", "Imports", "Jobs", "JobsAMQP", "ObjectStore", "Snapshots",
                "Tabular", "TabularFixtures", "TestSupport", "JobsConformance",
            ],
            uses: nio + [log, lifecycle, .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "GeocodingTests",
            [
                "Catalog", "CatalogSQLite", "Domain", "Geocoding", "GeocodingHTTP", "Jobs", "JobsConformance",
                "TestSupport",
            ],
            uses: [
                log, lifecycle, .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        tests("ObjectStoreTests", ["Domain", "ObjectStore", "TestSupport"]),
        tests(
            "SnapshotsTests",
            ["Catalog", "CatalogSQLite", "Domain", "Jobs", "ObjectStore", "Snapshots", "Tabular", "TestSupport"],
            uses: [log]),
        tests(
            "OperationsTests",
            ["Catalog", "CatalogSQLite", "Domain", "Jobs", "JobsConformance", "Operations", "TestSupport"],
            uses: [
                log, lifecycle, .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Yams", package: "Yams"),
            ]),
        tests(
            "HTTPAPITests",
            [
                "Catalog", "CatalogSQLite", "Domain", "HTTPAPI", "Imports", "Jobs", "JobsConformance", "ObjectStore",
                "Operations", "Snapshots", "TestSupport",
            ],
            uses: [
                hummingbird, .product(name: "HummingbirdTesting", package: "hummingbird"), log, crypto,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        tests(
            "NotifierTests", ["Notifier", "Domain", "Jobs", "Catalog", "TestSupport"],
            uses: [hummingbird, .product(name: "HummingbirdCore", package: "hummingbird"), log, lifecycle]
                + nio + webSocket),
        tests(
            "SrtoClientTests", ["srto", "Domain", "Notifier"],
            uses: [.product(name: "ArgumentParser", package: "swift-argument-parser")] + nio + webSocket),
        tests(
            "FaultTests",
            ["AMQP", "Catalog", "CatalogSQLite", "Domain", "Jobs", "JobsAMQP", "TestSupport"],
            uses: nio + [log]),
        tests("EndToEndTests", ["TestSupport"], uses: [crypto]),
        tests(
            "DockerTests", ["TestSupport"],
            uses: [
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ] + nio),
    ]
)
