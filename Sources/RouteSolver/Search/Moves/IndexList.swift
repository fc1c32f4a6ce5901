/// A list of indices in memory that stays where it is.
struct IndexList {
    // SAFETY: points into a buffer of the worker's scratch, which has room for every index that may be listed; builds for
    // debugging, and so tests, check that.
    let base: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private(set) var count = 0

    init(_ buffer: Buffer<Int32>) {
        base = buffer.pointer
        capacity = buffer.count
    }

    @inline(__always)
    subscript(index: Int) -> Int { Int(base[index]) }

    @inline(__always)
    mutating func append(_ value: Int) {
        assert(count < capacity, "a list of \(capacity) indices is full")
        base[count] = Int32(truncatingIfNeeded: value)
        count += 1
    }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func removeLast() -> Int {
        count -= 1
        return Int(base[count])
    }

    /// Takes out the value at an index; the last one comes in its place.
    @inline(__always)
    mutating func removeSwapping(at index: Int) {
        count -= 1
        base[index] = base[count]
    }
}

extension IndexList {
    /// Sorts the values by their keys, which are moved along; short lists only grow by insertion, long ones are sorted as
    /// arrays.
    mutating func sort(by keys: UnsafeMutablePointer<Double>) {
        if count > 100 {
            let pairs = (0..<count).map { (keys[$0], base[$0]) }.sorted { $0 < $1 }
            for index in 0..<count { (keys[index], base[index]) = pairs[index] }
            return
        }
        for index in 1..<max(1, count) {
            let (key, value) = (keys[index], base[index])
            var place = index
            while place > 0, keys[place - 1] > key {
                keys[place] = keys[place - 1]
                base[place] = base[place - 1]
                place -= 1
            }
            keys[place] = key
            base[place] = value
        }
    }
}
