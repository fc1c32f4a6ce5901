/// A date format of digits: `yyyy`, `MM` and `dd` with other characters between them. Foundation's formatter accepts
/// far more and is far slower on a column of a million dates.
struct DatePattern: Sendable {
    private static let daysInMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

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

    /// Writes the ISO 8601 date (`2026-11-24`) of a text in this format. False, and nothing is written, when it is not
    /// in the format or the day does not exist.
    func writeISODate(of text: UnsafeRawBufferPointer, to bytes: inout RowBytes) -> Bool {
        guard text.count == pattern.count else { return false }
        var year = 0
        var month = 0
        var day = 0
        for (byte, expected) in zip(text, pattern) {
            let digit = Int(byte) - 48
            switch expected {
            case UInt8(ascii: "y"), UInt8(ascii: "M"), UInt8(ascii: "d"):
                guard (0...9).contains(digit) else { return false }
                if expected == UInt8(ascii: "y") { year = year * 10 + digit }
                if expected == UInt8(ascii: "M") { month = month * 10 + digit }
                if expected == UInt8(ascii: "d") { day = day * 10 + digit }
            default:
                guard byte == expected else { return false }
            }
        }
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else { return false }
        for place in [1000, 100, 10, 1] { bytes.append(Self.digit(year, place)) }
        for number in [month, day] {
            bytes.append(UInt8(ascii: "-"))
            for place in [10, 1] { bytes.append(Self.digit(number, place)) }
        }
        return true
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 && leap ? 29 : daysInMonths[month - 1]
    }

    private static func digit(_ number: Int, _ place: Int) -> UInt8 { UInt8(48 + number / place % 10) }
}
