/// Excel's serial days as ISO 8601 text.
enum ExcelDate {
    private static let secondsPerDay = 86_400.0
    /// 9999-12-31, the last day that Excel knows.
    private static let lastDay = 2_958_465.0

    /// What a number with a date's or a time's format shows; nil when it is no day that Excel knows.
    ///
    /// - Parameter startsIn1904: days count from 1904-01-01, as in workbooks of old Macintoshes, and not from 1900-01-01.
    static func text(_ serial: Double, _ format: NumberFormat, startsIn1904: Bool) -> String? {
        guard serial >= 0, serial <= lastDay else { return nil }
        // The fraction is never exact: rounding keeps 12:00:00 from becoming 11:59:59.
        var day = serial.rounded(.down)
        var second = ((serial - day) * secondsPerDay).rounded()
        if second >= secondsPerDay {
            day += 1
            second = 0
        }
        let clock = time(Int(second))
        if format == .time, serial < 1 { return clock }
        let date = date(Int(day), startsIn1904)
        return format == .date ? date : date + "T" + clock
    }

    private static func time(_ second: Int) -> String {
        two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60)
    }

    private static func date(_ serial: Int, _ startsIn1904: Bool) -> String {
        // Excel has a 29 February 1900, which never was: day 60. What stands before it is one day later than it seems.
        if !startsIn1904 && serial == 60 { return "1900-02-29" }
        // 1970-01-01 is day 25,569 of the one count and 24,107 of the other.
        let days = startsIn1904 ? serial - 24_107 : serial - 25_569 + (serial < 60 ? 1 : 0)
        let (year, month, day) = civil(days)
        return "\(year)-\(two(month))-\(two(day))"
    }

    /// Year, month and day of so many days after 1970-01-01, by Howard Hinnant's `civil_from_days`.
    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
