/// A date format of digits: `yyyy`, `MM` and `dd` with other characters between them. Foundation's formatter accepts
/// far more and is far slower on a column of a million dates.
struct DatePattern: Sendable {
    private let pattern: [UInt8]

    /// Nil unless year, month and day each stand in it once.
    init?(_ format: String) {
        pattern = Array(format.utf8)
        for letter in ["y": 4, "M": 2, "d": 2] {
            let count = pattern.count { $0 == Array(letter.key.utf8)[0] }
            guard count == letter.value, format.contains(String(repeating: letter.key, count: letter.value)) else {
                return nil
            }
        }
    }

    /// The ISO 8601 date (`2026-11-24`) of a text in this format; nil when it is not or the day does not exist.
    func isoDate(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == pattern.count else { return nil }
        var year = 0
        var month = 0
        var day = 0
        for (byte, expected) in zip(bytes, pattern) {
            let digit = Int(byte) - 48
            switch expected {
            case UInt8(ascii: "y"), UInt8(ascii: "M"), UInt8(ascii: "d"):
                guard (0...9).contains(digit) else { return nil }
                if expected == UInt8(ascii: "y") { year = year * 10 + digit }
                if expected == UInt8(ascii: "M") { month = month * 10 + digit }
                if expected == UInt8(ascii: "d") { day = day * 10 + digit }
            default:
                guard byte == expected else { return nil }
            }
        }
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else { return nil }
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
