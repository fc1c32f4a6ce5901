import Tabular

/// Amounts of money as files write them.
enum Amount {
    private static let signs: [StaticString] = ["$", "€", "£", "₹", "¥"]

    /// The number of `$1,234.50`, `(12.00)` or `-€ 3`; nil when it is none. Commas count as thousands, in groups of two or
    /// three digits (as in India) before the decimal point.
    static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        var rest = Array(text)
        var isNegative = false
        if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") {
            rest = Array(rest.dropFirst().dropLast())
            isNegative = true
        }
        if let sign = rest.first, [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(sign) {
            if isNegative { return nil }
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let blank = UInt8(ascii: " ")
        rest = Array(rest.drop { $0 == blank })
        for sign in signs {
            let isThere = sign.withUTF8Buffer { rest.starts(with: $0) }
            if isThere { rest.removeFirst(sign.utf8CodeUnitCount) }
        }
        rest = Array(rest.drop { $0 == blank })
        guard let first = rest.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+"),
            let digits = ungrouped(rest)
        else {
            return nil
        }
        return digits.withUnsafeBytes { FieldParser.double($0) }.map { isNegative ? -$0 : $0 }
    }

    /// The digits without commas between their groups; nil when commas stand elsewhere.
    private static func ungrouped(_ text: [UInt8]) -> [UInt8]? {
        let comma = UInt8(ascii: ",")
        guard text.contains(comma) else { return text }
        let whole = text.prefix { $0 != UInt8(ascii: ".") }
        let groups = whole.split(separator: comma, omittingEmptySubsequences: false)
        guard !text.dropFirst(whole.count).contains(comma), groups.last?.count == 3,
            groups.dropFirst().dropLast().allSatisfy({ (2...3).contains($0.count) }),
            groups.first.map({ (1...3).contains($0.count) }) == true
        else { return nil }
        return text.filter { $0 != comma }
    }
}
