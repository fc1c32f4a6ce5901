import Testing

@testable import RouteSolver

@Suite("Nearest points")
struct NearestPointsTests {
    @Test("are those that looking at all of them finds", arguments: 1...8)
    func all(seed: UInt64) {
        var random = Random(seed: seed)
        // Few distinct coordinates: many points lie equally near.
        let x = (0..<300).map { _ in Double(random.below(20)) }
        let y = (0..<300).map { _ in Double(random.below(20)) }
        let points = NearestPoints(x: x, y: y, z: [Double](repeating: 0, count: 300))
        for point in stride(from: 0, to: 300, by: 37) {
            func square(_ other: Int) -> Double {
                (x[point] - x[other]) * (x[point] - x[other]) + (y[point] - y[other]) * (y[point] - y[other])
            }
            let expected = (0..<300).filter { $0 != point }.sorted { (square($0), $0) < (square($1), $1) }.prefix(12)
            #expect(points.nearest(to: point, count: 12).map(Int.init) == Array(expected))
        }
    }

    @Test("the Hilbert curve visits every cell once, neighbours after each other")
    func hilbert() {
        let cells = (0..<16).flatMap { x in (0..<16).map { (Double(x), Double($0)) } }
        let order = HilbertOrder.order(x: cells.map(\.0), y: cells.map(\.1))
        #expect(Set(order).count == 256)
        for (a, b) in zip(order, order.dropFirst()) {
            #expect(abs(cells[a].0 - cells[b].0) + abs(cells[a].1 - cells[b].1) == 1)
        }
    }

    @Test("points at one place stay in the order given")
    func onePlace() {
        #expect(HilbertOrder.order(x: [7, 7, 7], y: [3, 3, 3]) == [0, 1, 2])
    }
}
