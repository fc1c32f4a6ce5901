/// Where the next ruin begins: anywhere in small problems; in large ones within a stretch of the Hilbert curve that moves on
/// along it, so that what is read stays in the processor's cache, and every stop is come by equally often at every temperature.
struct SeedWindow {
    private static let length = 2_048
    /// Iterations before the stretch moves on by half its length.
    private static let iterations = 1_024

    private let stops: [Int]
    private var first: Int
    private var left = 0

    /// - Parameters:
    ///   - stops: in the order of the curve; not empty.
    ///   - first: the index of the stop from which it moves on.
    init(stops: [Int], first: Int = 0) {
        self.stops = stops
        self.first = first
    }

    /// A visit of a random stop; one in a route, where it has any.
    mutating func seed(_ tours: Tours, _ random: inout Random) -> Int {
        let stop: Int
        if stops.count <= 2 * Self.length {
            stop = stops[random.below(stops.count)]
        } else {
            if left == 0 {
                first = (first + Self.length / 2) % stops.count
                left = Self.iterations
            }
            left -= 1
            stop = stops[(first + random.below(Self.length)) % stops.count]
        }
        return tours.visit(of: stop, &random)
    }
}
