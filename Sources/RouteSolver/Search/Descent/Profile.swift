/// What a route has up to a node, the node included.
struct Profile {
    static let none = Profile(rank: 0, load: 0, length: 0, service: 0)

    /// 0 for the start.
    var rank: Int32
    var load: Double
    var length: Double
    var service: Double
}

/// A change to routes that undoes itself, or knows what does.
enum Step {
    /// What follows `a` and what follows `b` change places.
    case tails(a: Int32, b: Int32)
    /// The stretch from `first` to `last` is driven the other way round.
    case reversal(first: Int32, last: Int32)
    /// The stretch that now goes from `first` to `last` stood after `origin`, the other way round where `isReversed`.
    case shift(first: Int32, last: Int32, origin: Int32, isReversed: Bool)
}

/// A change that a descent may make, and what it saves.
struct Candidate {
    enum Kind {
        case none
        /// 2-opt*: what follows `a` and what follows `b` change places.
        case tails
        /// 2-opt: from `a` to `b` the other way round.
        case reversal
        /// 2-opt* with the other route driven the other way round: `a` is followed by `b`.
        case reversedTails
        /// Or-opt: the stretch from `a` to `b` goes after `c`.
        case shift
        case reversedShift
        /// The stretches from `a` to `b` and from `c` to `d` change places.
        case swap
    }

    var kind = Kind.none
    var gain = 1e-7
    var a = 0
    var b = 0
    var c = 0
    var d = 0

    @inline(__always)
    mutating func offer(_ kind: Kind, _ gain: Double, _ a: Int, _ b: Int, _ c: Int = 0, _ d: Int = 0) {
        guard gain > self.gain else { return }
        (self.kind, self.gain, self.a, self.b, self.c, self.d) = (kind, gain, a, b, c, d)
    }
}
