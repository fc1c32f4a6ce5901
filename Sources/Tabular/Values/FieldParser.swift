/// Reads values out of a field's bytes, without making a `String` of them. Spaces and tabs around the value are
/// allowed.
public enum FieldParser {
    /// Longer text is no number: an exact decimal expansion of a `Double` needs fewer bytes.
    private static let maximumNumberBytes = 1_100
    /// Powers of ten that a `Double` holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The bytes without the ASCII spaces and tabs around them.
    public static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, isPadding(bytes[start]) { start += 1 }
        while end > start, isPadding(bytes[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// The whole field as a finite decimal number, correctly rounded: sign, digits with at most one point, exponent.
    /// Not `0x10`, `inf`, `nan`, `1,5`, `1e999`.
    ///
    /// A mantissa below 2^53 with a power of ten up to 22 gives the exact result in one multiplication or division
    /// (Clinger, "How to read floating point numbers accurately", 1990); what is longer goes to the standard library.
    public static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        let text = trimmed(bytes)
        guard text.count <= maximumNumberBytes else { return nil }
        var scan = NumberScan(text)
        guard scan.readDecimal() else { return nil }
        if scan.isExact, scan.mantissa < 1 << 53, abs(scan.exponent) < powersOfTen.count {
            let mantissa = Double(scan.mantissa)
            let magnitude =
                scan.exponent < 0 ? mantissa / powersOfTen[-scan.exponent] : mantissa * powersOfTen[scan.exponent]
            return scan.isNegative ? -magnitude : magnitude
        }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The whole field as a decimal integer with an optional sign; nil when it does not fit.
    public static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let text = trimmed(bytes)
        var position = 0
        let isNegative = text.first == ASCII.minus
        if isNegative || text.first == ASCII.plus { position = 1 }
        guard position < text.count else { return nil }
        var value = 0
        while position < text.count {
            let byte = text[position]
            guard byte >= ASCII.zero, byte <= ASCII.nine else { return nil }
            let digit = Int(byte - ASCII.zero)
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if productOverflows || sumOverflows { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// `true`, `t`, `yes`, `y`, `1` and their opposites, in any case.
    public static func bool(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        let text = trimmed(bytes)
        guard (1...5).contains(text.count) else { return nil }
        for (word, value) in truthWords where text.count == word.utf8CodeUnitCount {
            let isWord = word.withUTF8Buffer { word in
                zip(text, word).allSatisfy { byte, letter in byte | (isLetter(byte) ? 0x20 : 0) == letter }
            }
            if isWord { return value }
        }
        return nil
    }

    private static let truthWords: [(StaticString, Bool)] = [
        ("true", true), ("false", false), ("1", true), ("0", false), ("yes", true), ("no", false), ("t", true),
        ("f", false), ("y", true), ("n", false),
    ]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// `double` over an array's bytes.
    public static func double(_ bytes: [UInt8]) -> Double? { bytes.withUnsafeBytes { double($0) } }

    /// `integer` over an array's bytes.
    public static func integer(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { integer($0) } }

    /// `bool` over an array's bytes.
    public static func bool(_ bytes: [UInt8]) -> Bool? { bytes.withUnsafeBytes { bool($0) } }

    private static func isPadding(_ byte: UInt8) -> Bool { byte == ASCII.space || byte == ASCII.tab }
}

/// Checks a decimal number's grammar and gathers its mantissa and power of ten on the way.
private struct NumberScan {
    private(set) var mantissa: UInt64 = 0
    private(set) var exponent = 0
    private(set) var isNegative = false
    /// False when the mantissa had more digits than fit, or the exponent is enormous.
    private(set) var isExact = true
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    mutating func readDecimal() -> Bool {
        isNegative = readSign()
        let whole = readMantissaDigits()
        var fraction = 0
        if position < text.count, text[position] == ASCII.point {
            position += 1
            fraction = readMantissaDigits()
        }
        guard whole + fraction > 0 else { return false }
        exponent = -fraction
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            guard readExponent() else { return false }
        }
        return position == text.count
    }

    /// Returns whether a minus sign stood there.
    private mutating func readSign() -> Bool {
        guard position < text.count, text[position] == ASCII.minus || text[position] == ASCII.plus else { return false }
        position += 1
        return text[position - 1] == ASCII.minus
    }

    private mutating func readMantissaDigits() -> Int {
        let start = position
        while position < text.count, text[position] >= ASCII.zero, text[position] <= ASCII.nine {
            if mantissa < 1 << 59 {
                mantissa = mantissa * 10 + UInt64(text[position] - ASCII.zero)
            } else {
                isExact = false
            }
            position += 1
        }
        return position - start
    }

    private mutating func readExponent() -> Bool {
        let isDown = readSign()
        let start = position
        var power = 0
        while position < text.count, text[position] >= ASCII.zero, text[position] <= ASCII.nine {
            if power < 100_000 {
                power = power * 10 + Int(text[position] - ASCII.zero)
            } else {
                isExact = false
            }
            position += 1
        }
        exponent += isDown ? -power : power
        return position > start
    }
}
