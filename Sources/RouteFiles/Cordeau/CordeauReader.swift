import RouteSolver

/// Cordeau's text format of the periodic and the multi-depot problem (Cordeau, Gendreau and Laporte 1997), and of both
/// together (Vidal et al. 2012). Real distances.
///
/// The first line is `type vehicles customers days` (days are depots in type 2), in type 8 `type vehicles customers days depots`;
/// a line `duration load` for each day or depot follows, 0 for no limit; then a line for each node. Depots come first in
/// type 1, where there is one, and in type 8, and last in type 2.
struct CordeauReader {
    private let lines: NumberedLines
    private let type: Int
    private let vehicles: Int
    private let customers: Int
    private let days: Int
    private let depots: Int

    init(_ lines: NumberedLines) throws(RouteFileError) {
        self.lines = lines
        let first = lines.lines[0]
        guard first.words.count >= 4 else { throw lines.error(first, "the first line wants 4 numbers") }
        type = try lines.whole(first.words[0], first)
        vehicles = try lines.whole(first.words[1], first)
        customers = try lines.whole(first.words[2], first)
        let fourth = try lines.whole(first.words[3], first)
        switch type {
        case 1: (days, depots) = (fourth, 1)
        case 2: (days, depots) = (1, fourth)
        case 8 where first.words.count >= 5: (days, depots) = (fourth, try lines.whole(first.words[4], first))
        default:
            throw lines.error(first, "problems of type \(type) are not known; 1 (PVRP), 2 (MDVRP) and 8 (both) are")
        }
        guard vehicles > 0, customers > 0, (1...64).contains(days), depots > 0 else {
            throw lines.error(first, "vehicles, customers, days and depots must be positive, and days 64 at most")
        }
    }

    func file() throws(RouteFileError) -> RouteFile {
        let limitCount = try limitCount()
        let rows = Array(lines.lines.dropFirst(1 + limitCount))
        guard rows.count >= customers + depots else {
            throw lines.error(nil, "\(customers) customers and \(depots) depots are told, \(rows.count) lines follow")
        }
        let depotRows = type == 2 ? rows[customers..<customers + depots] : rows[..<depots]
        let stopRows = type == 2 ? rows[..<customers] : rows[depots..<depots + customers]
        var places: [Place] = []
        for line in depotRows + stopRows {
            let row = try lines.numbers(line, atLeast: 3, "a node")
            places.append(Place(x: row[1], y: row[2]))
        }
        var stops: [Stop] = []
        for (index, line) in stopRows.enumerated() { stops.append(try stop(line, place: depots + index)) }
        let problem = Problem(
            places: places, stops: stops, vehicles: try fleet(limitCount), travel: EuclideanTravel(.exact), days: days,
            consistency: type == 8 ? .start : nil)
        return RouteFile(name: lines.file, problem: problem)
    }

    /// Lines of limits: those of two words. In type 8 there is one for each depot, or one for each depot and day.
    private func limitCount() throws(RouteFileError) -> Int {
        let count = lines.lines.dropFirst().prefix { $0.words.count == 2 }.count
        let least = type == 1 ? days : depots
        guard count >= least else {
            throw lines.error(lines.lines.dropFirst(count + 1).first, "\(least) lines of duration and load are wanted")
        }
        return count
    }

    private func fleet(_ limitCount: Int) throws(RouteFileError) -> [Vehicle] {
        var fleet: [Vehicle] = []
        for index in 0..<limitCount {
            let line = lines.lines[1 + index]
            let limits = try lines.numbers(line, atLeast: 2, "limits")
            let duration = limits[0] > 0 ? limits[0] : Double.infinity
            let capacity = limits[1] > 0 ? limits[1] : Double.infinity
            let (depot, day): (Int, UInt64?) =
                switch type {
                case 1: (0, UInt64(index))
                case 2: (index, nil)
                default: (index % depots, limitCount == depots ? nil : UInt64(index / depots))
                }
            // Limits after the last day, as some files have, limit nothing.
            if let day, day >= UInt64(days) { continue }
            let same = fleet.firstIndex {
                $0.start == depot && $0.maximumDuration == duration && $0.capacities == [capacity]
            }
            if let same, let day {
                fleet[same].days |= 1 << day
                continue
            }
            fleet.append(
                Vehicle(
                    count: vehicles, start: depot, maximumDuration: duration, capacities: [capacity],
                    days: day.map { 1 << $0 } ?? .max))
        }
        return fleet
    }

    private func stop(_ line: NumberedLines.Line, place: Int) throws(RouteFileError) -> Stop {
        let row = try lines.numbers(line, atLeast: 7, "a customer")
        let count = try lines.whole(line.words[6], line)
        guard count > 0, row.count >= 7 + count else {
            throw lines.error(line, "\(count) combinations are told, \(row.count - 7) follow")
        }
        var patterns: [UInt64] = []
        for word in line.words[7..<7 + count] {
            let combination = try lines.whole(word, line)
            guard combination > 0 else { throw lines.error(line, "combination \(combination) names no day") }
            patterns.append(try days(of: UInt64(combination), line))
        }
        return Stop(
            place: place, demand: [row[4]], serviceTime: row[3], visits: type == 2 ? .once : .patterns(patterns))
    }

    /// A combination has the first day in its highest bit. In type 2 it names depots, all of which every file allows.
    private func days(of combination: UInt64, _ line: NumberedLines.Line) throws(RouteFileError) -> UInt64 {
        if type == 2 { return 1 }
        guard days == 64 || combination >> UInt64(days) == 0 else {
            throw lines.error(line, "combination \(combination) names a day after the last one, \(days)")
        }
        var pattern: UInt64 = 0
        for day in 0..<days where combination & (1 << UInt64(days - 1 - day)) != 0 { pattern |= 1 << UInt64(day) }
        return pattern
    }
}
