/// The nearest points of each point, found with a k-d tree (Bentley 1975) in O(n log n).
struct NearestPoints {
    private static let leafSize = 8

    private let x: [Double]
    private let y: [Double]
    private let z: [Double]
    /// The points, laid out so that every node of the implicit tree is a range, halved at its middle.
    private var order: [Int32]
    /// The axis that splits the range whose middle stands there.
    private var axis: [UInt8]

    init(x: [Double], y: [Double], z: [Double]) {
        self.x = x
        self.y = y
        self.z = z
        order = x.indices.map { Int32($0) }
        axis = [UInt8](repeating: 0, count: x.count)
        build(0, x.count)
    }

    private func coordinate(_ point: Int32, _ axis: UInt8) -> Double {
        switch axis {
        case 0: x[Int(point)]
        case 1: y[Int(point)]
        default: z[Int(point)]
        }
    }

    private mutating func build(_ low: Int, _ high: Int) {
        guard high - low > Self.leafSize else { return }
        let widest = UInt8((0..<3).max { spread(low, high, UInt8($0)) < spread(low, high, UInt8($1)) } ?? 0)
        let middle = (low + high) / 2
        select(middle, low, high, widest)
        axis[middle] = widest
        build(low, middle)
        build(middle + 1, high)
    }

    private func spread(_ low: Int, _ high: Int, _ axis: UInt8) -> Double {
        var (least, greatest) = (Double.infinity, -Double.infinity)
        for index in low..<high {
            let value = coordinate(order[index], axis)
            least = min(least, value)
            greatest = max(greatest, value)
        }
        return greatest - least
    }

    /// Quickselect (Hoare 1961): what belongs at `target` comes there, lesser before it, greater after it.
    private mutating func select(_ target: Int, _ low: Int, _ high: Int, _ axis: UInt8) {
        var (left, right) = (low, high - 1)
        while left < right {
            let pivot = coordinate(order[(left + right) / 2], axis)
            var (i, j) = (left, right)
            while i <= j {
                while coordinate(order[i], axis) < pivot { i += 1 }
                while coordinate(order[j], axis) > pivot { j -= 1 }
                if i <= j {
                    order.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if target <= j { right = j } else if target >= i { left = i } else { return }
        }
    }

    /// The `count` points nearest to a point, without itself, nearest first; equally near ones by their index.
    func nearest(to point: Int, count: Int) -> [Int32] {
        var found = Found(count: count)
        search(0, order.count, Int32(point), &found)
        return found.points
    }

    /// The best so far, sorted.
    private struct Found {
        let count: Int
        var points: [Int32] = []
        var squares: [Double] = []

        init(count: Int) {
            self.count = count
            points.reserveCapacity(count + 1)
            squares.reserveCapacity(count + 1)
        }

        var bound: Double { squares.count < count ? .infinity : squares[count - 1] }

        mutating func offer(_ point: Int32, _ square: Double) {
            if square > bound || (square == bound && point > points[count - 1]) { return }
            var place = squares.count
            while place > 0, (squares[place - 1], points[place - 1]) > (square, point) { place -= 1 }
            squares.insert(square, at: place)
            points.insert(point, at: place)
            if squares.count > count {
                squares.removeLast()
                points.removeLast()
            }
        }
    }

    private func search(_ low: Int, _ high: Int, _ point: Int32, _ found: inout Found) {
        if high - low <= Self.leafSize {
            for index in low..<high { look(order[index], from: point, &found) }
            return
        }
        let middle = (low + high) / 2
        let across = coordinate(point, axis[middle]) - coordinate(order[middle], axis[middle])
        look(order[middle], from: point, &found)
        if across < 0 { search(low, middle, point, &found) } else { search(middle + 1, high, point, &found) }
        if across * across <= found.bound {
            if across < 0 { search(middle + 1, high, point, &found) } else { search(low, middle, point, &found) }
        }
    }

    private func look(_ candidate: Int32, from point: Int32, _ found: inout Found) {
        guard candidate != point else { return }
        let (a, b) = (Int(candidate), Int(point))
        let (dx, dy, dz) = (x[a] - x[b], y[a] - y[b], z[a] - z[b])
        found.offer(candidate, dx * dx + dy * dy + dz * dz)
    }
}
