/// How a cell's number is meant, by the format that its style gives it.
enum NumberFormat: Hashable, Sendable {
    case plain
    case date
    case time
    case dateTime
    /// A number written with leading zeros to so many digits, such as a postal code.
    case padded(Int)

    /// One of the formats that a workbook need not spell out (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are
    /// dates of East Asian editions).
    init(builtIn id: Int) {
        self =
            switch id {
            case 14...17, 27...31, 34...36, 50...58: .date
            case 18...21, 32, 33, 45...47: .time
            case 22: .dateTime
            default: .plain
            }
    }

    /// Characters of a format: as many as Excel takes.
    private static let longestCode = 255

    /// What stands in a bracket so far: nothing, one letter once or more often, or anything else.
    private enum Bracket {
        case empty, letter(Character), other

        func adding(_ character: Character) -> Bracket {
            switch self {
            case .empty: .letter(character)
            case .letter(let letter): letter == character ? self : .other
            case .other: .other
            }
        }
    }

    /// A format spelled out, such as `yyyy\-mm\-dd;@` or `00000`; what is longer than Excel takes is cut off.
    init(code whole: String) {
        let code = String(whole.unicodeScalars.prefix(Self.longestCode))
        var letters = Set<Character>()
        var isQuoted = false
        var isEscaped = false
        var bracket: Bracket?
        // The part for positive numbers is the first.
        for character in code.lowercased() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isQuoted = character != "\""
            } else if let inside = bracket {
                bracket = character == "]" ? nil : inside.adding(character)
                // `[h]` and `[mm]` are elapsed time; colours, conditions and locales are not.
                if character == "]", case .letter(let unit) = inside, "hms".contains(unit) { letters.insert(unit) }
            } else if character == ";" {
                break
            } else {
                switch character {
                case "\"": isQuoted = true
                case "\\", "_", "*": isEscaped = true
                case "[": bracket = .empty
                default: letters.insert(character)
                }
            }
        }
        let hasTime = !letters.isDisjoint(with: ["h", "s"])
        // An m is a month, unless hours or seconds make it minutes.
        let hasDate = !letters.isDisjoint(with: ["y", "d"]) || (letters.contains("m") && !hasTime)
        if letters.isDisjoint(with: ["0", "#", "?", "e"]), hasDate || hasTime {
            self = hasDate && hasTime ? .dateTime : hasDate ? .date : .time
        } else if hasTime && letters.isSuperset(of: ["s", "0"]) && letters.isDisjoint(with: ["#"]) {
            // Fractions of a second.
            self = hasDate ? .dateTime : .time
        } else if code.count > 1, code.count <= 20, code.allSatisfy({ $0 == "0" }) {
            self = .padded(code.count)
        } else {
            self = .plain
        }
    }
}
