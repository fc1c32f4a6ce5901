/// Writes staged data: little-endian numbers and length-prefixed texts.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func number<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Numbers without their count, which the reader must know.
    mutating func numbers<Number: FixedWidthInteger & BitwiseCopyable>(_ values: [Number]) {
        #if _endian(little)
            values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
            for value in values { number(value) }
        #endif
    }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func text(_ text: String) {
        number(UInt32(text.utf8.count))
        append(utf8: text)
    }

    /// A text without its length, which the reader must know.
    mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }
}

/// Reads what `ByteWriter` wrote. Whatever the bytes hold, it never reads past them.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(StagedDataError) -> Number {
        let width = MemoryLayout<Number>.size
        guard bytes.count - position >= width else { throw StagedDataError() }
        defer { position += width }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: type)) }
    }

    /// So many numbers.
    mutating func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ count: Int, _ type: Number.Type
    ) throws(StagedDataError) -> [Number] {
        let (width, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Number>.size)
        guard count >= 0, !overflows, bytes.count - position >= width else { throw StagedDataError() }
        defer { position += width }
        return bytes.withUnsafeBytes { bytes in
            (0..<count).map { index in
                let offset = position + index * MemoryLayout<Number>.size
                return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
            }
        }
    }

    mutating func bytes(_ count: Int) throws(StagedDataError) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.count - position >= count else { throw StagedDataError() }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func text() throws(StagedDataError) -> String {
        String(decoding: try bytes(Int(try number(UInt32.self))), as: UTF8.self)
    }
}

/// Staged data is not what a stage wrote: the object was damaged.
struct StagedDataError: Error, CustomStringConvertible {
    var description: String { "staged data of this session is damaged; import its files again" }
}

extension ByteWriter {
    /// Writes a list of texts.
    mutating func texts(_ texts: [String]) {
        number(UInt32(texts.count))
        for text in texts { self.text(text) }
    }
}

extension ByteReader {
    /// Reads a list of texts.
    mutating func texts() throws(StagedDataError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try number(UInt32.self)) { texts.append(try text()) }
        return texts
    }
}
