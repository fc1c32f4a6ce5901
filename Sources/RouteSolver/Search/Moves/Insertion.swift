/// Where a visit could go, and what that adds to the cost.
struct Insertion {
    static let none = Insertion(cost: .infinity, previous: -1, slot: -1, window: 0)

    var cost: Double
    var previous: Int32
    var slot: Int32
    var window: UInt8

    var isPossible: Bool { previous >= 0 }
}

/// Draws the positions that an insertion overlooks: one in 128 (Christiaens and Vanden Berghe 2020: "blinks", one in 100).
///
/// A multiplication a draw; its quality need not be more.
struct Blinks {
    private var state: UInt64

    init(_ random: inout Random) { state = random.next() }

    @inline(__always)
    mutating func blinks() -> Bool {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 57 == 0
    }
}
