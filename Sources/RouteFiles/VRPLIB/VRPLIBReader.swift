import RouteSolver

/// CVRP, with limits on duration, VRPTW, prizes, several depots and mixed fleets, from VRPLIB's files.
///
/// Distances are rounded as each family's published costs are: to whole numbers (CVRP, MDVRPTW after scaling by 1,000), down to a
/// tenth (VRPTW and prizes), or not at all (limits on duration, mixed fleets).
struct VRPLIBReader {
    let text: VRPLIBText
    let dimension: Int
    let type: String
    let convention: Convention

    /// How a family counts.
    struct Convention {
        /// What coordinates, times and prices of time are multiplied with before rounding.
        var scale = 1.0
        var rounding = EuclideanTravel.Rounding.nearest
        var costFactor = 1.0
    }

    init(_ source: NumberedLines) throws(RouteFileError) {
        text = try VRPLIBText(source)
        guard let dimension = try text.whole("DIMENSION"), dimension > 1 else {
            throw source.error(text.headers["DIMENSION"]?.line, "there is no DIMENSION of at least 2")
        }
        self.dimension = dimension
        type = text.headers["TYPE"]?.value.uppercased() ?? "CVRP"
        convention =
            switch type {
            case "VRPTW": Convention(scale: 10, rounding: .down, costFactor: 0.1)
            case "PCVRPTW": Convention(scale: 10, rounding: .down)
            case "MDVRPTW": Convention(scale: 1_000)
            case "HFVRP": Convention(rounding: .exact)
            default:
                text.headers["DISTANCE"] == nil ? Convention() : Convention(rounding: .exact)
            }
    }

    func file() throws(RouteFileError) -> RouteFile {
        let coordinates = try text.rows("NODE_COORD_SECTION", count: dimension, width: 2)
        let depots = try depots()
        let isDepot = Set(depots)
        let stops = (0..<dimension).filter { !isDepot.contains($0) }
        guard !stops.isEmpty else { throw text.text.error(nil, "every node is a depot") }
        let places = (coordinates ?? [[Double]](repeating: [0, 0], count: dimension)).map {
            Place(x: $0[0] * convention.scale, y: $0[1] * convention.scale)
        }
        let problem = Problem(
            places: places, stops: try stopRecords(stops), vehicles: try fleet(depots),
            travel: try travel(hasCoordinates: coordinates != nil))
        // `.sol` files number from 1 where one depot comes first, and name the location's index where there are several.
        return RouteFile(
            name: text.headers["NAME"]?.value ?? text.text.file, problem: problem,
            costFactor: convention.costFactor, firstStopNumber: depots.count)
    }

    private func depots() throws(RouteFileError) -> [Int] {
        guard let section = text.sections["DEPOT_SECTION"] else { return [0] }
        var depots: [Int] = []
        for line in section.lines {
            let number = try text.text.whole(line.words[0], line)
            if number == -1 { break }
            guard (1...dimension).contains(number) else {
                throw text.text.error(line, "depot \(number) is not one of the nodes 1 to \(dimension)")
            }
            depots.append(number - 1)
        }
        guard !depots.isEmpty, depots == Array(0..<depots.count) else {
            throw text.text.error(section.title, "the depots must be the first nodes, in order")
        }
        return depots
    }

    private func stopRecords(_ nodes: [Int]) throws(RouteFileError) -> [Stop] {
        let demands = try text.rows("DEMAND_SECTION", count: dimension, width: 1)
        let services = try text.rows("SERVICE_TIME_SECTION", count: dimension, width: 1)
        let windows = try text.rows("TIME_WINDOW_SECTION", count: dimension, width: 2)
        let prizes = try text.rows("PRIZE_SECTION", count: dimension, width: 1)
        let service = try text.number("SERVICE_TIME") ?? 0
        let scale = convention.scale
        return nodes.map { node in
            Stop(
                place: node, demand: demands?[node] ?? [], serviceTime: (services?[node][0] ?? service) * scale,
                windows: windows.map { [TimeWindow(from: $0[node][0] * scale, until: $0[node][1] * scale)] }
                    ?? [.always],
                prize: prizes.map { $0[node][0] * scale })
        }
    }

    private func travel(hasCoordinates: Bool) throws(RouteFileError) -> any Travel {
        let kind = text.headers["EDGE_WEIGHT_TYPE"]
        switch kind?.value.uppercased() ?? "EUC_2D" {
        case "EUC_2D" where hasCoordinates: return EuclideanTravel(convention.rounding)
        case "EXPLICIT": return try VRPLIBMatrix(text, dimension: dimension, scale: convention.scale).travel()
        case "EUC_2D": throw text.text.error(kind?.line, "EUC_2D without a NODE_COORD_SECTION")
        case let other:
            throw text.text.error(kind?.line, "edge weights of type \(other) are not known; EUC_2D and EXPLICIT are")
        }
    }
}
