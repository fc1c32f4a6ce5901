/// Finds out how a stream's characters are written, in constant memory: it counts, and keeps no bytes. The beginning of a
/// file does; the whole file tells of a stray byte that comes late.
///
/// A byte order mark decides; else NULs in every other byte mean UTF-16; else bytes that are UTF-8 throughout are UTF-8,
/// since other text almost never is; else the code page in whose letters the text makes more sense (`CodePageEvidence`).
public struct EncodingDetector: Sendable {
    private var byteCount = 0
    /// At most the first three bytes.
    private var start: [UInt8] = []
    private var utf8 = UTF8Tally()
    private var utf16 = UTF16Tally()
    private var codePages = CodePageEvidence()

    /// Starts with no bytes seen.
    public init() {}

    /// Takes the next bytes.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start.count < 3 { start.append(contentsOf: bytes.prefix(3 - start.count)) }
        utf16.take(bytes, at: byteCount)
        utf8.take(bytes)
        codePages.take(bytes)
        byteCount += bytes.count
    }

    /// Whether some of the bytes so far are no UTF-8.
    public var holdsStrayBytes: Bool { utf8.malformed > 0 }

    /// Takes the next bytes.
    public mutating func feed(_ bytes: [UInt8]) { bytes.withUnsafeBytes { feed($0) } }

    /// What the bytes so far are.
    ///
    /// - Parameter isComplete: nothing follows; otherwise the last character may lack its end.
    public func finding(isComplete: Bool) -> EncodingFinding {
        let malformed = utf8.malformed + (isComplete && utf8.isWithinSequence ? 1 : 0)
        if start == [0xEF, 0xBB, 0xBF] {
            return EncodingFinding(
                encoding: .utf8WithByteOrderMark, markLength: 3, confidence: utf8.share(malformed: malformed),
                runnerUp: nil, malformedByteCount: malformed, reason: "a byte order mark says UTF-8")
        }
        for (mark, encoding) in [([0xFF, 0xFE], TextEncoding.utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian)]
        where start.starts(with: mark.map { UInt8($0) }) {
            return found(encoding, mark: 2, 1, "a byte order mark says \(encoding.name)")
        }
        if utf16.zeros > 0 {
            guard let (encoding, confidence) = utf16.verdict(byteCount: byteCount, isComplete: isComplete) else {
                return found(.binary, 1, "it holds NULs, which text does not")
            }
            return found(encoding, confidence, "the NULs stand where \(encoding.name) has them")
        }
        if malformed == 0 {
            return found(.utf8, 1, utf8.sequences > 0 ? "all of it is UTF-8" : "all of it is ASCII")
        }
        // By chance, bytes of a code page seldom make a sequence; many of them among few faults are damaged UTF-8.
        if utf8.sequences >= 4 * malformed {
            return EncodingFinding(
                encoding: .utf8, markLength: 0, confidence: utf8.share(malformed: malformed),
                runnerUp: codePages.verdict().encoding, malformedByteCount: malformed,
                reason: "\(utf8.sequences) characters are UTF-8 and \(malformed) bytes are not")
        }
        let verdict = codePages.verdict()
        // Where both kinds are common, two files were joined, and no one encoding reads them all.
        let purity = 1 - Double(utf8.sequences) / Double(utf8.sequences + malformed)
        return EncodingFinding(
            encoding: verdict.encoding, markLength: 0, confidence: verdict.confidence * purity,
            runnerUp: utf8.sequences > 0 ? .utf8 : verdict.runnerUp, malformedByteCount: 0,
            reason: "it is not UTF-8, and its \(verdict.bytes) bytes beyond ASCII read best as \(verdict.encoding.name)"
        )
    }

    private func found(
        _ encoding: TextEncoding, mark: Int = 0, _ confidence: Double, _ reason: String
    ) -> EncodingFinding {
        EncodingFinding(
            encoding: encoding, markLength: mark, confidence: confidence, runnerUp: nil, malformedByteCount: 0,
            reason: reason)
    }
}

/// Counts UTF-8 sequences and the bytes that belong to none.
private struct UTF8Tally: Sendable {
    private(set) var sequences = 0
    private(set) var malformed = 0
    private var bytesLeft = 0
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    var isWithinSequence: Bool { bytesLeft > 0 }

    func share(malformed: Int) -> Double {
        malformed == 0 ? 1 : Double(sequences) / Double(sequences + malformed)
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            if bytesLeft == 0 {
                position = ASCIIRun.end(in: bytes, from: position)
                guard position < bytes.count else { return }
                if let (length, second) = UTF8Validation.sequence(after: bytes[position]) {
                    bytesLeft = length - 1
                    allowed = second
                } else {
                    malformed += 1
                }
                position += 1
            } else if allowed.contains(bytes[position]) {
                bytesLeft -= 1
                allowed = 0x80...0xBF
                if bytesLeft == 0 { sequences += 1 }
                position += 1
            } else {
                // The byte may begin something of its own.
                malformed += 1
                bytesLeft = 0
                allowed = 0x80...0xBF
            }
        }
    }
}

/// Counts the pairs that would be ASCII in UTF-16 of either order, and all NULs.
private struct UTF16Tally: Sendable {
    private(set) var zeros = 0
    private var littleEndianPairs = 0
    private var bigEndianPairs = 0
    private var last: UInt8 = 0xFF

    mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard zeros > 0 || last == 0 || Self.holdsZero(bytes) else {
            last = bytes.last ?? last
            return
        }
        for (index, byte) in bytes.enumerated() {
            if byte == 0 { zeros += 1 }
            if !(offset + index).isMultiple(of: 2) {
                if byte == 0, Self.isText(last) { littleEndianPairs += 1 }
                if last == 0, Self.isText(byte) { bigEndianPairs += 1 }
            }
            last = byte
        }
    }

    private static func holdsZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            bytes.baseAddress.map { $0.firstOffset(of: 0, from: 0, to: bytes.count) < bytes.count } ?? false
        }
    }

    /// Nil when the NULs are no sign of UTF-16.
    func verdict(byteCount: Int, isComplete: Bool) -> (TextEncoding, confidence: Double)? {
        let isLittle = littleEndianPairs >= bigEndianPairs
        let (most, least) = isLittle ? (littleEndianPairs, bigEndianPairs) : (bigEndianPairs, littleEndianPairs)
        // A character such as U+0100 accounts for a NUL on the other side.
        guard most > 0, least * 20 <= most, (zeros - most) * 10 <= most, most * 40 >= byteCount else { return nil }
        let share = min(1, Double(most) / Double(max(1, byteCount / 2)))
        let isWhole = !isComplete || byteCount.isMultiple(of: 2)
        return (isLittle ? .utf16LittleEndian : .utf16BigEndian, (0.7 + 0.3 * share) * (isWhole ? 1 : 0.8))
    }

    private static func isText(_ byte: UInt8) -> Bool {
        byte >= ASCII.space && byte < 0x7F || byte == ASCII.tab || byte == ASCII.lineFeed
            || byte == ASCII.carriageReturn
    }
}
