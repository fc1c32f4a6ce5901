import RouteSolver

/// Solomon's text format, also Gehring and Homberger's: a table of vehicles, then one of customers, number 0 being the depot.
///
/// Distances and times are taken as real numbers, as the tables of best-known distances count them.
struct SolomonReader {
    private let lines: NumberedLines

    init(_ lines: NumberedLines) { self.lines = lines }

    func file() throws(RouteFileError) -> RouteFile {
        let numeric = lines.lines.filter { $0.words.allSatisfy { Double($0) != nil } }
        guard let fleet = numeric.first(where: { $0.words.count == 2 }) else {
            throw lines.error(nil, "there is no line of vehicles and capacity")
        }
        let customers = numeric.filter { $0.number > fleet.number }
        guard let depot = customers.first, customers.count > 1 else {
            throw lines.error(fleet, "no depot and customers follow")
        }
        for line in lines.lines where line.number > depot.number && !line.words.allSatisfy({ Double($0) != nil }) {
            throw lines.error(line, "a customer wants 7 numbers")
        }
        var places: [Place] = []
        var stops: [Stop] = []
        var shift = TimeWindow.always
        for (index, line) in customers.enumerated() {
            let row = try lines.numbers(line, atLeast: 7, "a customer")
            places.append(Place(x: row[1], y: row[2]))
            let window = TimeWindow(from: row[4], until: row[5])
            guard index > 0 else {
                shift = window
                continue
            }
            stops.append(Stop(place: index, demand: [row[3]], serviceTime: row[6], windows: [window]))
        }
        let count = try lines.whole(fleet.words[0], fleet)
        let capacity = try lines.number(fleet.words[1], fleet)
        let problem = Problem(
            places: places, stops: stops,
            vehicles: [Vehicle(count: count, start: 0, shift: shift, capacities: [capacity])],
            travel: EuclideanTravel(.exact))
        return RouteFile(name: String(lines.lines[0].text.split(separator: " ").first ?? ""), problem: problem)
    }
}
