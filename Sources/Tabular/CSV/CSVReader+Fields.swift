extension CSVReader {
    /// The current record's fields.
    public var fieldCount: Int { spans.count }

    /// The field in `bytes`: without its quotes, or with them when it needs unescaping. A field beyond the record's
    /// last is empty, because short rows are the file's doing and not the caller's.
    public func field(_ index: Int) -> Range<Int> {
        spans.indices.contains(index) ? spans[index].range : byteRange.upperBound..<byteRange.upperBound
    }

    /// Whether the field's value differs from the bytes in its range.
    public func needsUnescape(_ index: Int) -> Bool {
        spans.indices.contains(index) && spans[index].needsUnescape
    }

    /// The field's value, quotes resolved. Copies; `withField` copies only when it must.
    public func unescaped(_ index: Int) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(field(index).count)
        unescape(index) { value.append(contentsOf: $0) }
        return value
    }

    /// Hands the field's value over piece by piece, quotes resolved; each piece is good for the length of its call.
    public func unescape(_ index: Int, _ take: (UnsafeRawBufferPointer) -> Void) {
        let range = field(index)
        bytes.withUnsafeBytes { bytes in
            guard needsUnescape(index) else { return take(UnsafeRawBufferPointer(rebasing: bytes[range])) }
            var position = range.lowerBound + 1
            while position < range.upperBound,
                let closing = bytes[position..<range.upperBound].firstIndex(of: dialect.quote)
            {
                let isDoubled = closing + 1 < range.upperBound && bytes[closing + 1] == dialect.quote
                // The first of two quotes stands for both.
                take(UnsafeRawBufferPointer(rebasing: bytes[position..<closing + (isDoubled ? 1 : 0)]))
                position = closing + (isDoubled ? 2 : 1)
                // Past the closing quote, quotes are data.
                if !isDoubled { break }
            }
            take(UnsafeRawBufferPointer(rebasing: bytes[position..<range.upperBound]))
        }
    }

    /// Calls `body` with the field's value, quotes resolved. The pointer is good for the length of the call.
    public func withField<Result, Failure: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if needsUnescape(index) {
            return try unescaped(index).withUnsafeBufferPointer { (value) throws(Failure) in
                try body(UnsafeRawBufferPointer(value))
            }
        }
        let range = field(index)
        return try bytes.withUnsafeBufferPointer { (storage) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[range]))
        }
    }

    /// The field's value as text; bytes that are not UTF-8 become U+FFFD.
    public func fieldString(_ index: Int) -> String {
        withField(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the field's value is UTF-8.
    public func isValidUTF8(_ index: Int) -> Bool {
        withField(index) { UTF8Validation.firstFault(in: $0) == nil }
    }

    /// Whether the field holds nothing but ASCII spaces and tabs.
    public func isBlank(_ index: Int) -> Bool {
        withField(index) { FieldParser.trimmed($0).isEmpty }
    }

    /// The field as a number; see `FieldParser.double`.
    public func double(_ index: Int) -> Double? {
        withField(index) { FieldParser.double($0) }
    }

    /// The field as a whole number; see `FieldParser.integer`.
    public func integer(_ index: Int) -> Int? {
        withField(index) { FieldParser.integer($0) }
    }

    /// The field as a truth value; see `FieldParser.bool`.
    public func bool(_ index: Int) -> Bool? {
        withField(index) { FieldParser.bool($0) }
    }

    /// The hash of the field's value, quotes resolved.
    public func hash64(_ index: Int) -> UInt64 {
        withField(index) { StableHash.hash64($0) }
    }

    /// The hash of the record's bytes as they stand in the file: equal rows have equal hashes.
    public func recordHash128() -> Hash128 {
        bytes.withUnsafeBytes { StableHash.hash128(UnsafeRawBufferPointer(rebasing: $0[byteRange])) }
    }
}
