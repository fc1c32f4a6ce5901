import Domain

/// Issues one after the other as bytes: as JSON, or as values whose texts are made of them, hundreds of thousands took seconds.
///
/// They begin with the names of all codes, so that a program that numbers them otherwise finds them damaged; then of each issue 1 where
/// it is an error, its code's number, its file's (32 bits), its record and its line (64 bits each), and the lengths of three texts (32
/// bits each), which follow.
struct StagedIssues: Sendable {
    private static let names: [UInt8] = {
        var writer = ByteWriter()
        writer.texts(IssueLine.codes.map(\.rawValue))
        return writer.bytes
    }()

    private static let codeNumbers = Dictionary(
        uniqueKeysWithValues: IssueLine.codes.enumerated().map { ($1, UInt8($0)) })

    /// Where the parts of an issue lie behind its beginning.
    private enum Offset {
        static let code = 1
        static let file = 2
        static let record = 6
        static let line = 14
        static let lengths = 22
        static let texts = lengths + 3 * MemoryLayout<UInt32>.size
    }

    private let bytes: [UInt8]
    /// Where the present issue begins.
    private var position: Int

    /// The issues, in their order.
    init(_ issues: [ImportIssue]) {
        bytes = Self.encoded(issues)
        position = Self.names.count
    }

    /// Reads the bytes of an object.
    /// - Throws: `StagedDataError` when they are no issues as this program writes them.
    init(reading bytes: [UInt8]) throws(StagedDataError) {
        guard bytes.starts(with: Self.names) else { throw StagedDataError() }
        self.bytes = bytes
        position = Self.names.count
        var left = self
        while !left.isAtEnd {
            guard left.isWhole else { throw StagedDataError() }
            left.advance()
        }
    }

    /// The bytes of an object.
    static func encoded(_ issues: [ImportIssue]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(names)
        for issue in issues {
            writer.number(issue.severity == .error ? 1 : 0 as UInt8)
            writer.number(codeNumbers[issue.code] ?? 0)
            writer.number(UInt32(clamping: issue.fileIndex))
            writer.number(Int64(issue.record))
            writer.number(Int64(issue.line))
            let texts = [issue.column, issue.value, issue.message]
            for text in texts { writer.number(UInt32(text.utf8.count)) }
            for text in texts { writer.append(utf8: text) }
        }
        return writer.bytes
    }

    /// Whether there is no present issue any more.
    var isAtEnd: Bool { position == bytes.count }

    /// The record of the present issue.
    var record: Int { bytes.withUnsafeBytes { Int(number($0, Offset.record, Int64.self)) } }

    /// Hands over the present issue.
    func withPresent<Value>(_ body: (IssueLine) -> Value) -> Value {
        bytes.withUnsafeBytes { bytes in
            var end = position + Offset.texts
            func text(_ index: Int) -> UnsafeRawBufferPointer {
                let start = end
                end += length(bytes, index)
                return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            }
            return body(
                IssueLine(
                    severity: bytes[position] == 1 ? .error : .warning, codeNumber: Int(bytes[position + Offset.code]),
                    fileIndex: Int(number(bytes, Offset.file, UInt32.self)),
                    record: Int(number(bytes, Offset.record, Int64.self)),
                    line: Int(number(bytes, Offset.line, Int64.self)), column: text(0), value: text(1), message: text(2)
                ))
        }
    }

    /// Goes on to the next issue.
    mutating func advance() { position += bytes.withUnsafeBytes { count($0) } }

    /// Whether the present issue lies within the bytes, and is one.
    private var isWhole: Bool {
        bytes.withUnsafeBytes { bytes in
            bytes.count - position >= Offset.texts && bytes[position] <= 1
                && Int(bytes[position + Offset.code]) < IssueLine.codes.count
                && count(bytes) <= bytes.count - position
        }
    }

    /// Bytes of the present issue.
    private func count(_ bytes: UnsafeRawBufferPointer) -> Int {
        (0..<3).reduce(Offset.texts) { $0 + length(bytes, $1) }
    }

    private func length(_ bytes: UnsafeRawBufferPointer, _ text: Int) -> Int {
        Int(number(bytes, Offset.lengths + text * MemoryLayout<UInt32>.size, UInt32.self))
    }

    private func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ type: Number.Type
    ) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position + offset, as: type))
    }
}
