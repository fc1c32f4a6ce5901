/// Points in the order in which a Hilbert curve visits them, so that what is near in the plane is near in memory.
enum HilbertOrder {
    private static let bits = 16

    /// The indices of the points in the curve's order; equal cells in the order given.
    static func order(x: [Double], y: [Double]) -> [Int] {
        guard let left = x.min(), let right = x.max(), let bottom = y.min(), let top = y.max() else { return [] }
        let cells = Double((1 << bits) - 1) / max(right - left, top - bottom)
        // All points may lie at one place.
        let scale = cells.isFinite ? cells : 0
        let keys = x.indices.map { key(x: Int((x[$0] - left) * scale), y: Int((y[$0] - bottom) * scale)) }
        return x.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }

    /// The position of a cell on the curve (Wikipedia, "Hilbert curve", xy2d).
    private static func key(x: Int, y: Int) -> Int {
        var (x, y, key) = (x, y, 0)
        var side = 1 << (bits - 1)
        while side > 0 {
            let right = x & side != 0
            let up = y & side != 0
            key += side * side * ((right ? 3 : 0) ^ (up ? 1 : 0))
            if !up {
                if right {
                    x = (1 << bits) - 1 - x
                    y = (1 << bits) - 1 - y
                }
                swap(&x, &y)
            }
            side >>= 1
        }
        return key
    }
}
