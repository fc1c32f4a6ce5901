extension BinaryInteger {
    /// `1,234,567`.
    var grouped: String {
        let digits = String(magnitude)
        let first = digits.count % 3
        var groups = first > 0 ? [String(digits.prefix(first))] : []
        var rest = digits.dropFirst(first)
        while !rest.isEmpty {
            groups.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return (self < 0 ? "-" : "") + groups.joined(separator: ",")
    }
}

extension Int64 {
    /// A number of bytes: `912 B`, `12.3 MB`; a megabyte is a million bytes.
    var bytes: String {
        guard magnitude >= 1000 else { return "\(self) B" }
        var value = Double(self) / 1000
        var unit = 0
        let units = ["kB", "MB", "GB", "TB"]
        while value.magnitude >= 999.95, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return "\(value.tenths) \(units[unit])"
    }
}

extension Double {
    /// With one digit behind the point.
    var tenths: String {
        let scaled = Int64((self * 10).rounded())
        return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 10).\(scaled.magnitude % 10)"
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// `240 ms`, `12.4 s`, `3 min 5 s`, `2 h 10 min`.
    var brief: String {
        let seconds = seconds
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        if seconds < 60 { return "\(seconds.tenths) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
