/// An element's or attribute's name without its prefix, good for the length of the call that hands it over. To be compared,
/// and not to be made a `String` of: a large sheet has a hundred million.
struct XMLName {
    private let bytes: UnsafePointer<CChar>

    /// - Parameter name: ends with NUL, as expat's names do.
    // SAFETY: nothing behind the NUL is read.
    init(_ name: UnsafePointer<CChar>) {
        var start = name
        var next = name
        while next.pointee != 0 {
            if next.pointee == CChar(UInt8(ascii: ":")) { start = next + 1 }
            next += 1
        }
        bytes = start
    }

    static func == (name: XMLName, text: StaticString) -> Bool {
        // SAFETY: a NUL ends the comparison before the name's end is passed.
        for index in 0..<text.utf8CodeUnitCount where UInt8(bitPattern: name.bytes[index]) != text.utf8Start[index] {
            return false
        }
        return name.bytes[text.utf8CodeUnitCount] == 0
    }

    static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// An element's attributes, good for the length of the call that hands them over.
struct XMLAttributes {
    private let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    /// - Parameter pointer: names and values in turn, each ended by NUL, and NULL behind the last, as expat has them.
    init(_ pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>?) { self.pointer = pointer }

    /// The value of the attribute of that name, whatever its prefix.
    subscript(name: StaticString) -> String? { value(name).map { String(cString: $0) } }

    /// The attribute's value as a whole number of at most nine digits.
    func number(_ name: StaticString) -> Int? {
        guard var next = value(name), next.pointee != 0 else { return nil }
        var number = 0
        while next.pointee != 0 {
            let digit = Int(next.pointee) - Int(ASCII.zero)
            guard digit >= 0, digit <= 9, number < 100_000_000 else { return nil }
            number = number * 10 + digit
            next += 1
        }
        return number
    }

    /// The attribute's value, ended by NUL.
    // SAFETY: the list ends with NULL, which ends the search.
    func value(_ name: StaticString) -> UnsafePointer<CChar>? {
        guard var next = pointer else { return nil }
        while let key = next[0], let value = next[1] {
            if XMLName(key) == name { return value }
            next += 2
        }
        return nil
    }
}
