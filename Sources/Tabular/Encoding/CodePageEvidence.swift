/// Weighs in which code page a text makes more sense, from each byte beyond ASCII and its two neighbours: a lower-case
/// letter within a lower-case word is likely, a box-drawing character or a quotation mark there is not.
///
/// The weights are our own, set so that one letter in a word decides for its page with about 95 %, and a single byte that
/// could be a letter of either page decides nothing.
struct CodePageEvidence: Sendable {
    /// What stands beside a byte.
    private enum Neighbour: Int, CaseIterable {
        case lower, upper, digit, other
    }

    private static let kinds = Neighbour.allCases.count
    /// How often each byte from 0x80 on stood between each pair of neighbours.
    private var counts = [Int](repeating: 0, count: 128 * kinds * kinds)
    private var before = Neighbour.other
    /// The byte before this feed's first, when it is still without its right neighbour.
    private var open: (byte: UInt8, before: Neighbour)?

    /// What the bytes are most likely, and how sure that is.
    struct Verdict {
        let encoding: TextEncoding
        let runnerUp: TextEncoding
        let confidence: Double
        /// How many bytes it rests on.
        let bytes: Int
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let neighbour = Self.neighbour(byte)
            if let (left, leftNeighbour) = open { count(left, leftNeighbour, neighbour) }
            open = nil
            if byte < 0x80 {
                let end = ASCIIRun.end(in: bytes, from: position)
                before = Self.neighbour(bytes[end - 1])
                position = end
            } else {
                open = (byte, before)
                before = .other
                position += 1
            }
        }
    }

    func verdict() -> Verdict {
        var complete = self
        if let (left, neighbour) = open { complete.count(left, neighbour, .other) }
        let windows = complete.score(CharacterKind.ofWindows1252)
        let dos = complete.score(CharacterKind.ofCodePage437)
        let difference = abs(windows - dos)
        let isDOS = dos > windows
        // 0x80 to 0x9F are where Latin-1 and Windows-1252 differ.
        let hasWindowsBytes = complete.counts[0..<(32 * Self.kinds * Self.kinds)].contains { $0 > 0 }
        let western: TextEncoding = hasWindowsBytes ? .windows1252 : .latin1
        return Verdict(
            encoding: isDOS ? .codePage437 : western, runnerUp: isDOS ? western : .codePage437,
            confidence: 1 - 0.5 / (1 + difference * difference / 5), bytes: complete.counts.reduce(0, +))
    }

    private mutating func count(_ byte: UInt8, _ left: Neighbour, _ right: Neighbour) {
        counts[(Int(byte & 0x7F) * Self.kinds + left.rawValue) * Self.kinds + right.rawValue] += 1
    }

    private func score(_ kinds: [CharacterKind]) -> Double {
        var total = 0.0
        var index = 0
        for kind in kinds {
            for left in Neighbour.allCases {
                for right in Neighbour.allCases {
                    if counts[index] > 0 { total += Double(counts[index]) * Self.weight(kind, left, right) }
                    index += 1
                }
            }
        }
        return total
    }

    /// How well a character of the kind stands between the two.
    private static func weight(_ kind: CharacterKind, _ left: Neighbour, _ right: Neighbour) -> Double {
        let isBesideDigit = left == .digit || right == .digit
        let isBesideLetter = left == .lower || left == .upper || right == .lower || right == .upper
        switch kind {
        case .lower(let isRare), .upper(let isRare):
            let isUpper = if case .upper = kind { true } else { false }
            let rarity = isRare ? -1.0 : 0
            if isUpper && left == .lower { return rarity - 3 }
            if isUpper && right == .lower { return rarity + 2 }
            let same: Neighbour = isUpper ? .upper : .lower
            if left == same || right == same { return rarity + 3 }
            return rarity + (isBesideLetter ? 0 : isBesideDigit ? -2 : -1)
        case .apostrophe: return left != .other && right != .other ? 2 : 1
        case .punctuation: return isBesideLetter && left != .other && right != .other ? -1 : 1
        case .symbol: return left == .digit || (right == .digit && left == .other) ? 2 : left == .lower ? 0.5 : 0
        case .space: return left == .lower && right == .lower ? -1 : 0.5
        case .odd: return -4
        }
    }

    private static func neighbour(_ byte: UInt8) -> Neighbour {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .lower
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
        case ASCII.zero...ASCII.nine: .digit
        default: .other
        }
    }
}

/// What a character is in running text of the languages that a code page serves.
private enum CharacterKind: Sendable {
    case lower(isRare: Bool), upper(isRare: Bool)
    case apostrophe, punctuation, symbol, space
    /// Box drawing, Greek and mathematics, controls.
    case odd

    static let ofWindows1252 = CodePage.windows1252.scalars.map(CharacterKind.init)
    static let ofCodePage437 = CodePage.codePage437.scalars.map(CharacterKind.init)

    private init(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "’", "‘": self = .apostrophe
        case "“", "”", "„", "‚", "«", "»", "‹", "›", "–", "—", "…", "•", "·": self = .punctuation
        case "°", "º", "ª", "€", "£", "¥", "¢", "§", "©", "®", "™", "²", "³", "½", "¼", "¾", "±", "µ", "¿", "¡":
            self = .symbol
        case "\u{A0}": self = .space
        case "ß": self = .lower(isRare: false)
        case "Œ", "œ", "Ž", "ž", "Š", "š", "Ÿ", "ÿ", "Ð", "ð", "Þ", "þ": self = .letter(scalar, isRare: true)
        default:
            let isLatin = scalar.value < 0x180 && scalar != "ƒ"
            self = isLatin && scalar.properties.isAlphabetic ? .letter(scalar, isRare: false) : .odd
        }
    }

    private static func letter(_ scalar: Unicode.Scalar, isRare: Bool) -> CharacterKind {
        scalar.properties.isUppercase ? .upper(isRare: isRare) : .lower(isRare: isRare)
    }
}
