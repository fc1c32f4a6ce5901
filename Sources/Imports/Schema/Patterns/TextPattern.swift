/// A regular expression for whole texts, run in time that grows with text × pattern and no faster, whatever either holds:
/// it follows all ways at once (Thompson, "Regular expression search algorithm", 1968). Swift's own `Regex` goes back and
/// tries again, so that one rule of a schema could keep a worker busy for ever.
///
/// It knows characters, `.`, classes such as `[a-z_]` and `[^0-9]`, `\d \w \s` and their opposites, groups, `|`, and `*`,
/// `+`, `?`, `{2}`, `{2,}`, `{2,5}` behind them. A backslash takes a sign for itself. `^` at the beginning and `$` at the end
/// change nothing. There are no back references and no looking ahead.
struct TextPattern: Sendable {
    /// States that a pattern may have once its counts are written out.
    static let maximumStates = 2_000
    /// Longer texts fit no pattern.
    static let maximumCharacters = 4_096

    /// What one Unicode scalar may be.
    struct Class: Sendable, Equatable {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false

        func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    enum State: Sendable {
        /// Takes one scalar, and goes on with the next state.
        case take(Class)
        /// Goes on at both, without taking anything.
        case split(Int, Int)
        case jump(Int)
        case end
    }

    private let states: [State]

    /// - Throws: `PatternFault` in words for the schema's author.
    init(_ text: String) throws(PatternFault) {
        var parser = PatternParser(text)
        states = try Self.compiled(try parser.parse())
    }

    private static func compiled(_ node: PatternNode) throws(PatternFault) -> [State] {
        var states: [State] = []
        try emit(node, &states)
        states.append(.end)
        return states
    }

    private static func emit(_ node: PatternNode, _ states: inout [State]) throws(PatternFault) {
        guard states.count < maximumStates else {
            throw PatternFault(description: "it has more than \(maximumStates) states once its counts are written out")
        }
        switch node {
        case .empty: break
        case .one(let scalars): states.append(.take(scalars))
        case .sequence(let parts): for part in parts { try emit(part, &states) }
        case .either(let left, let right):
            let split = states.count
            states.append(.jump(0))
            try emit(left, &states)
            let jump = states.count
            states.append(.jump(0))
            states[split] = .split(split + 1, states.count)
            try emit(right, &states)
            states[jump] = .jump(states.count)
        case .repeated(let part, let least, let most):
            let before = states.count
            for _ in 0..<least {
                try emit(part, &states)
                // Nothing, however often, is nothing.
                if states.count == before { break }
            }
            guard let most else {
                let split = states.count
                states.append(.jump(0))
                try emit(part, &states)
                states.append(.jump(split))
                states[split] = .split(split + 1, states.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(states.count)
                states.append(.jump(0))
                try emit(part, &states)
            }
            for split in splits { states[split] = .split(split + 1, states.count) }
        }
    }

    /// Whether the whole text fits.
    func matches(_ text: String) -> Bool {
        var current = Ways(states.count)
        var next = Ways(states.count)
        follow(0, in: &current)
        var characters = 0
        for scalar in text.unicodeScalars {
            characters += 1
            guard characters <= Self.maximumCharacters, !current.list.isEmpty else { return false }
            for state in current.list {
                if case .take(let scalars) = states[state], scalars.contains(scalar.value) {
                    follow(state + 1, in: &next)
                }
            }
            swap(&current, &next)
            next.clear()
        }
        return current.list.contains { if case .end = states[$0] { true } else { false } }
    }

    /// The states in which a text read so far may stand.
    private struct Ways {
        private(set) var list: [Int] = []
        private var isIn: [Bool]

        init(_ count: Int) { isIn = [Bool](repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            if isIn[state] { return false }
            isIn[state] = true
            list.append(state)
            return true
        }

        mutating func clear() {
            for state in list { isIn[state] = false }
            list.removeAll(keepingCapacity: true)
        }
    }

    private func follow(_ start: Int, in ways: inout Ways) {
        var left = [start]
        while let state = left.popLast() {
            guard ways.insert(state) else { continue }
            switch states[state] {
            case .split(let first, let second): left += [first, second]
            case .jump(let target): left.append(target)
            case .take, .end: break
            }
        }
    }
}

/// Why a pattern is none, in words that follow "the pattern cannot be used: ".
struct PatternFault: Error, CustomStringConvertible {
    let description: String
}
