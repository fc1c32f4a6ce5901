/// Where a visit could go, and what that adds to the cost.
struct Insertion {
    static let none = Insertion(cost: .infinity, previous: -1, slot: -1, window: 0)

    var cost: Double
    var previous: Int32
    var slot: Int32
    var window: UInt8

    var isPossible: Bool { previous >= 0 }
}

/// Which unused routes insertions may open.
///
/// At its whole cost a large vehicle never opens for its first visit where a small one would do, and no route opens for
/// visits whose prizes are worth it only together. At a share of the cost they do, and the iteration's outcome tells
/// whether it was worth it.
struct Opening {
    /// Any kind, at its whole cost.
    static let any = Opening(kind: nil, leastShare: nil)
    static let closed = Opening(kind: -1, leastShare: nil)

    /// The only kind of the day that may open, as its number among the day's kinds.
    let kind: Int?
    /// A first visit counts as its share of the vehicle's capacity, or as this share where that is more; nil: whole.
    let leastShare: Double?

    @inline(__always)
    func allows(_ kind: Int) -> Bool { self.kind.map { $0 == kind } ?? true }
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
