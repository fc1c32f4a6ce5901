/// What a pattern says, before it becomes states.
indirect enum PatternNode {
    case empty
    case one(TextPattern.Class)
    case sequence([PatternNode])
    case either(PatternNode, PatternNode)
    /// No upper bound when `most` is nil.
    case repeated(PatternNode, least: Int, most: Int?)
}

/// Reads the pattern language that `TextPattern` describes.
struct PatternParser {
    private static let maximumLength = 1_000
    private static let maximumDepth = 50
    private static let maximumCount = 1_000

    private let scalars: [UnicodeScalar]
    private var position = 0
    private var depth = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The whole pattern.
    mutating func parse() throws(PatternFault) -> PatternNode {
        guard scalars.count <= Self.maximumLength else {
            throw PatternFault(description: "it is longer than \(Self.maximumLength) characters")
        }
        if peek == "^" { position += 1 }
        let node = try alternatives()
        guard position == scalars.count else { throw fault("\")\" closes no group") }
        return node
    }

    private var peek: UnicodeScalar? { position < scalars.count ? scalars[position] : nil }

    private func fault(_ words: String) -> PatternFault {
        PatternFault(description: "\(words) (at character \(position + 1))")
    }

    private mutating func alternatives() throws(PatternFault) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw fault("groups are nested too deeply") }
        var node = try sequence()
        while peek == "|" {
            position += 1
            node = .either(node, try sequence())
        }
        return node
    }

    private mutating func sequence() throws(PatternFault) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = peek, next != "|", next != ")" {
            if next == "$", position + 1 == scalars.count {
                position += 1
                break
            }
            parts.append(try counted(try item()))
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func item() throws(PatternFault) -> PatternNode {
        guard let next = peek else { throw fault("something is missing") }
        position += 1
        switch next {
        case "(":
            if peek == "?" {
                guard position + 1 < scalars.count, scalars[position + 1] == ":" else {
                    throw fault("\"(?\" is known only as \"(?:\"")
                }
                position += 2
            }
            let inner = try alternatives()
            guard peek == ")" else { throw fault("a group is not closed") }
            position += 1
            return inner
        case "[": return .one(try bracketed())
        case ".": return .one(TextPattern.Class(ranges: [10...10], isNegated: true))
        case "\\": return .one(try escaped())
        case "*", "+", "?", "{": throw fault("\"\(next)\" has nothing to repeat")
        case "^", "$": throw fault("\"\(next)\" stands only at the pattern's ends; write \"\\\(next)\" for the sign")
        default: return .one(TextPattern.Class(ranges: [next.value...next.value]))
        }
    }

    private mutating func counted(_ node: PatternNode) throws(PatternFault) -> PatternNode {
        switch peek {
        case "*": position += 1; return .repeated(node, least: 0, most: nil)
        case "+": position += 1; return .repeated(node, least: 1, most: nil)
        case "?": position += 1; return .repeated(node, least: 0, most: 1)
        case "{":
            position += 1
            guard let least = number() else { throw fault("\"{\" needs a count") }
            var most: Int? = least
            if peek == "," {
                position += 1
                most = number()
            }
            guard peek == "}" else { throw fault("a count is not closed") }
            position += 1
            guard least <= Self.maximumCount, most ?? least >= least, most ?? 0 <= Self.maximumCount else {
                throw fault("a count is at most \(Self.maximumCount), the second no less than the first")
            }
            return .repeated(node, least: least, most: most)
        default: return node
        }
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next = peek, ("0"..."9").contains(next) {
            value = min((value ?? 0) * 10 + Int(next.value - 48), Self.maximumCount + 1)
            position += 1
        }
        return value
    }

    private mutating func escaped() throws(PatternFault) -> TextPattern.Class {
        guard let next = peek else { throw fault("a backslash stands at the end") }
        position += 1
        switch next {
        case "d": return TextPattern.Class(ranges: [48...57])
        case "D": return TextPattern.Class(ranges: [48...57], isNegated: true)
        case "w": return TextPattern.Class(ranges: [48...57, 65...90, 95...95, 97...122])
        case "W": return TextPattern.Class(ranges: [48...57, 65...90, 95...95, 97...122], isNegated: true)
        case "s": return TextPattern.Class(ranges: [9...13, 32...32])
        case "S": return TextPattern.Class(ranges: [9...13, 32...32], isNegated: true)
        case "t": return TextPattern.Class(ranges: [9...9])
        case "n": return TextPattern.Class(ranges: [10...10])
        case "r": return TextPattern.Class(ranges: [13...13])
        default:
            guard !next.properties.isAlphabetic, !("0"..."9").contains(next) else {
                throw fault("\"\\\(next)\" is not known")
            }
            return TextPattern.Class(ranges: [next.value...next.value])
        }
    }

    private mutating func bracketed() throws(PatternFault) -> TextPattern.Class {
        var found = TextPattern.Class()
        if peek == "^" {
            found.isNegated = true
            position += 1
        }
        var isFirst = true
        while let next = peek, next != "]" || isFirst {
            isFirst = false
            position += 1
            var low = next
            if next == "\\" {
                let escape = try escaped()
                guard escape.ranges.count == 1, !escape.isNegated, escape.ranges[0].count == 1,
                    let scalar = UnicodeScalar(escape.ranges[0].lowerBound)
                else {
                    guard !escape.isNegated else { throw fault("\\D, \\W and \\S cannot stand in brackets") }
                    found.ranges += escape.ranges
                    continue
                }
                low = scalar
            }
            guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                found.ranges.append(low.value...low.value)
                continue
            }
            position += 1
            var high = scalars[position]
            position += 1
            if high == "\\" {
                guard let scalar = try escaped().ranges.first.flatMap({ UnicodeScalar($0.lowerBound) }) else {
                    continue
                }
                high = scalar
            }
            guard low <= high else { throw fault("a range in brackets runs backwards") }
            found.ranges.append(low.value...high.value)
        }
        guard peek == "]" else { throw fault("a bracket is not closed") }
        position += 1
        return found
    }
}
