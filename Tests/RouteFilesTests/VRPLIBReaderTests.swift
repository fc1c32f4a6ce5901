import RouteFiles
import RouteSolver
import Testing

@Suite("VRPLIB files")
struct VRPLIBReaderTests {
    private static let head = """
        NAME : tiny
        TYPE : CVRP
        DIMENSION : 4
        EDGE_WEIGHT_TYPE : EUC_2D
        CAPACITY : 10
        """
    private static let body = """
        NODE_COORD_SECTION
        1 0 0
        2 3 4
        3 0 2
        4 5 12
        DEMAND_SECTION
        1 0
        2 5
        3 4
        4 3
        DEPOT_SECTION
        1
        -1
        EOF
        """

    private static func read(_ text: String) throws(RouteFileError) -> RouteFile {
        try RouteFileReader.read(Array(text.utf8), name: "tiny.vrp")
    }

    @Test("CVRP: rounded distances, one depot, as many vehicles as it takes")
    func cvrp() throws {
        let file = try Self.read(Self.head + "\n" + Self.body)
        #expect(file.name == "tiny")
        #expect(file.problem.stops.map(\.demand) == [[5], [4], [3]])
        #expect(file.problem.vehicles[0].count == nil)
        #expect(file.problem.vehicles[0].capacities == [10])
        let plan = Plan(routes: [.init(vehicle: 0, stops: [0, 1]), .init(vehicle: 0, stops: [2])])
        let verdict = Checker.check(plan, of: file.problem)
        // 5 + 4 (3.6) + 2, and 13 there and back.
        #expect(verdict.cost.total == 37)
        #expect(verdict.isFeasible)
    }

    @Test("DISTANCE and SERVICE_TIME limit each route, and distances are exact")
    func duration() throws {
        let file = try Self.read(Self.head + "\nDISTANCE : 40\nSERVICE_TIME : 8\n" + Self.body)
        let plan = Plan(routes: [.init(vehicle: 0, stops: [0, 1, 2])])
        let verdict = Checker.check(plan, of: file.problem)
        #expect(verdict.violations.map(\.rule) == [.capacity, .duration])
        #expect(file.problem.travel.distance(from: 1, to: 2, places: file.problem.places) != 4)
    }

    @Test("VRPTW counts in tenths")
    func windows() throws {
        let windows = "TIME_WINDOW_SECTION\n1 0 100\n2 0 4\n3 0 100\n4 0 100\n"
        let text = Self.head.replacing("CVRP", with: "VRPTW") + "\nVEHICLES : 2\n" + windows + Self.body
        let file = try Self.read(text)
        let verdict = Checker.check(Plan(routes: [.init(vehicle: 0, stops: [0, 1, 2])]), of: file.problem)
        let late = verdict.violations.first { $0.rule == .window }
        #expect(late?.stop == 0)
        #expect(late?.amount == 10)
        #expect(file.costFactor == 0.1)
    }

    @Test(
        "a malformed file is told with its line and the reason",
        arguments: [
            ("3 0 2\n", "3 zero 2\n", 9, "\"zero\" is not a number"),
            ("2 5\n", "", 11, "DEMAND_SECTION lacks 2"),
            ("4 5 12\n", "4 5 12\n4 5 12\n", 11, "NODE_COORD_SECTION names 4 a second time"),
            ("4 5 12\n", "9 5 12\n", 10, "NODE_COORD_SECTION names 9, but there are 1 to 4"),
            ("EUC_2D", "GEO", 4, "edge weights of type GEO are not known; EUC_2D and EXPLICIT are"),
            ("DIMENSION : 4", "DIMENSION : four", 3, "\"four\" is not a whole number"),
        ])
    func malformed(_ right: String, _ wrong: String, _ line: Int, _ reason: String) {
        let text = (Self.head + "\n" + Self.body).replacing(right, with: wrong, maxReplacements: 1)
        #expect(throws: RouteFileError(file: "tiny.vrp", line: line, reason: reason)) { try Self.read(text) }
    }

    @Test("an empty file, and one of no known format, are refused")
    func unknown() {
        #expect(throws: RouteFileError.self) { try Self.read("") }
        #expect(throws: RouteFileError.self) { try Self.read("hello world\n") }
    }
}
