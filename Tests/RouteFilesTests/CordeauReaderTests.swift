import RouteFiles
import RouteSolver
import Tabular
import Testing

@Suite("Cordeau's and Solomon's files")
struct CordeauReaderTests {
    private static let periodic = """
        1 2 2 3
        0 20
        100 20
        100 20
         0 0 0 0 0 0 0
         1 3 4 5 7 2 1 5
         2 6 8 5 7 1 3 4 2 1
        """

    private static func read(_ text: String) throws(RouteFileError) -> RouteFile {
        try RouteFileReader.read(Array(text.utf8), name: "p01")
    }

    @Test("PVRP: a combination's highest bit is the first day, limits may differ by day")
    func periodic() throws {
        let problem = try Self.read(Self.periodic).problem
        #expect(problem.days == 3)
        #expect(problem.stops[0].visits == .patterns([0b101]))
        #expect(problem.stops[1].visits == .patterns([0b001, 0b010, 0b100]))
        #expect(problem.vehicles.map(\.count) == [2, 2])
        #expect(problem.vehicles.map(\.days) == [0b001, 0b110])
        #expect(problem.vehicles.map(\.maximumDuration) == [.infinity, 100])
    }

    @Test("MDVRP: depots come last, and every one has its vehicles")
    func depots() throws {
        let problem = try Self.read("2 3 1 2\n0 80\n0 70\n 1 3 4 0 7 1 2 1 2\n 2 0 0 0 0 0 0\n 3 9 9 0 0 0 0\n").problem
        #expect(problem.days == 1)
        #expect(problem.vehicles.map(\.start) == [0, 1])
        #expect(problem.vehicles.map(\.capacities) == [[80], [70]])
        #expect(problem.places[problem.stops[0].place] == Place(x: 3, y: 4))
    }

    @Test("MDPVRP: all visits of a stop come from one depot")
    func periodicDepots() throws {
        let text = "8 1 1 2 2\n0 20\n0 20\n 0 0 0 0 0 0 0\n 1 9 9 0 0 0 0\n 2 3 4 0 7 1 1 3\n"
        let problem = try Self.read(text).problem
        #expect(problem.vehicles.map(\.start) == [0, 1])
        #expect(problem.days == 2)
        #expect(problem.stops[0].visits == .patterns([0b11]))
        #expect(problem.consistency == .start)
        #expect(try Self.read(Self.periodic).problem.consistency == nil)
    }

    @Test("a combination that names a day after the last one is refused")
    func combination() {
        let text = Self.periodic.replacing("2 1 5", with: "2 1 9")
        let error = RouteFileError(file: "p01", line: 6, reason: "combination 9 names a day after the last one, 3")
        #expect(throws: error) { try Self.read(text) }
    }

    @Test("Solomon's table, gzipped")
    func solomon() throws {
        let text = """
            C1

            VEHICLE
            NUMBER     CAPACITY
              2         20

            CUSTOMER
            CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

                0      0         0          0          0       100          0
                1      3         4         10         20        30          9
            """
        let file = try RouteFileReader.read(try Gzip.compress(Array(text.utf8)), name: "C1.txt")
        #expect(file.problem.vehicles[0].shift == TimeWindow(from: 0, until: 100))
        #expect(file.problem.stops[0].windows == [TimeWindow(from: 20, until: 30)])
        #expect(file.problem.stops[0].serviceTime == 9)
    }

    @Test("a plan is written as .sol, and its cost read back")
    func solution() throws {
        let file = try Self.read(Self.periodic)
        let plan = Plan(routes: [.init(vehicle: 0, stops: [1, 0]), .init(vehicle: 1, day: 2, stops: [0])])
        let text = SolutionFile.write(plan, cost: 31.5, of: file)
        #expect(text == "Route #1: 2 1\nRoute #2: 1\nCost 31.50\n")
        #expect(SolutionFile.cost(in: text) == 31.5)
    }

    @Test("the best known cost is the one of the instance")
    func bestKnown() {
        let table = "instance,customers,best_known\np01,50,524.61\np011,50,9\n"
        #expect(BestKnown.cost(inTable: table, of: "p01") == 524.61)
        #expect(BestKnown.cost(inTable: table, of: "p02") == nil)
        #expect(BestKnown.instance(fileName: "X-n101-k25.vrp.gz") == "X-n101-k25")
    }
}
