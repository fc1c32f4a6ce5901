import Domain
import Tabular

/// A file's text, out of what it is packed in, as it streams past.
struct FileSource: Sendable {
    /// What the text is packed in.
    enum Packing: Sendable {
        case none, gzip, workbook
        case zip(ZipMember)
    }

    /// Bytes that are read of the file at a time.
    static let pieceBytes = 1 << 20
    /// Packed bytes that are unpacked at a time: they may become a thousand times as many.
    private static let packedBytes = 1 << 12
    /// Text that few bytes of a sheet may become: a bomb does, as each cell may show a long text that is stored once.
    private static let mostTextAtOnce = 16 << 20
    private static let mostSharedText = 64 << 20

    private let file: any FileBytes
    private let packing: Packing
    private let sheet: String?
    private let maximumBytes: Int

    /// A bare text.
    init(_ file: any FileBytes) {
        self.file = file
        packing = .none
        sheet = nil
        maximumBytes = .max
    }

    /// Finds out what the file is packed in.
    /// - Parameters:
    ///   - head: its first bytes.
    ///   - sheet: the sheet of a workbook to read; the first that can be seen when nil.
    ///   - maximumBytes: how long the text may be.
    /// - Throws: `FileRefusal`, `TabularError`, what reading the file throws.
    init(_ file: any FileBytes, head: [UInt8], sheet: String?, maximumBytes: Int) async throws {
        self.file = file
        self.sheet = sheet
        self.maximumBytes = maximumBytes
        if Gzip.isGzip(head) {
            packing = .gzip
        } else if ZipDirectory.isZip(head) {
            packing = try await Self.packing(ofArchive: file, maximumBytes: maximumBytes)
        } else {
            packing = .none
        }
    }

    /// One member of an archive.
    init(_ member: ZipMember, of archive: any FileBytes) {
        file = archive
        packing = .zip(member)
        sheet = nil
        maximumBytes = member.byteCount
    }

    static let noSheet = "it is no workbook and has no sheets: leave the sheet out"

    /// Whether a file that begins so is packed.
    static func isPacked(_ head: [UInt8]) -> Bool { Gzip.isGzip(head) || ZipDirectory.isZip(head) }

    /// What it is packed in, in a word; nil for a bare text.
    var container: String? {
        switch packing {
        case .none: nil
        case .gzip: "gzip"
        case .zip: "zip"
        case .workbook: "xlsx"
        }
    }

    var isWorkbook: Bool {
        if case .workbook = packing { true } else { false }
    }

    /// The text's first bytes.
    func head(_ count: Int) async throws -> [UInt8] {
        var head: [UInt8] = []
        _ = try await read { piece in
            head += piece
            return head.count < count
        }
        return Array(head.prefix(count))
    }

    /// Hands the text over in pieces, in order, until `body` says that it has had enough. Returns the name of the member or
    /// sheet that it is.
    ///
    /// Not inlined: the optimiser of Swift 6.3 crashes over it in `head`.
    @inline(never)
    func read(_ body: ([UInt8]) async throws -> Bool) async throws -> String? {
        switch packing {
        case .none: try await copy(body)
        case .gzip: try await inflate(body)
        case .zip(let member): return try await unpack(member, body)
        case .workbook: return try await readSheet(body)
        }
        return nil
    }

    private static func packing(ofArchive file: any FileBytes, maximumBytes: Int) async throws -> Packing {
        let directory = try await directory(ofArchive: file, maximumBytes: maximumBytes)
        if directory.isWorkbook { return .workbook }
        let files = directory.files
        guard let only = files.first, files.count == 1 else {
            let names = files.prefix(5).map { $0.name.cut(to: FileRefusal.longestName) }.joined(separator: ", ")
            throw FileRefusal(
                files.isEmpty
                    ? "the zip archive holds no file"
                    : "the zip archive holds \(files.count) files (\(names)\(files.count > 5 ? ", …" : "")) where one is "
                        + "wanted: unpack it")
        }
        return .zip(only)
    }

    /// What a zip archive holds.
    /// - Throws: `TabularError`, what reading the file throws.
    static func directory(ofArchive file: any FileBytes, maximumBytes: Int) async throws -> ZipDirectory {
        let object = try await RangedBytes(file)
        var directory = try ZipDirectory(archiveBytes: object.size, limits: ZipLimits(maximumBytes: maximumBytes))
        while let range = directory.wanted {
            let bytes = try await object.get(range)
            try directory.take(bytes)
        }
        return directory
    }

    private func copy(_ body: ([UInt8]) async throws -> Bool) async throws {
        var offset = 0
        while true {
            try Task.checkCancellation()
            let piece = try await file.get(offset: offset, count: Self.pieceBytes)
            if piece.isEmpty { return }
            offset += piece.count
            let goesOn = try await body(piece)
            if !goesOn { return }
        }
    }

    private func inflate(_ body: ([UInt8]) async throws -> Bool) async throws {
        var reader = try GzipReader(maximumBytes: maximumBytes)
        var text: [UInt8] = []
        var offset = 0
        while true {
            try Task.checkCancellation()
            let piece = try await file.get(offset: offset, count: Self.pieceBytes)
            if piece.isEmpty { break }
            offset += piece.count
            for start in stride(from: 0, to: piece.count, by: Self.packedBytes) {
                let packed = Array(piece[start..<min(piece.count, start + Self.packedBytes)])
                try packed.withUnsafeBufferPointer { (bytes) throws(TabularError) in
                    try reader.feed(UnsafeRawBufferPointer(bytes)) { text.append(contentsOf: $0) }
                }
                guard text.count >= Self.pieceBytes else { continue }
                let goesOn = try await body(text)
                if !goesOn { return }
                text.removeAll(keepingCapacity: true)
            }
        }
        try reader.finish()
        if !text.isEmpty { _ = try await body(text) }
    }

    private func unpack(_ member: ZipMember, _ body: ([UInt8]) async throws -> Bool) async throws -> String {
        var object = try await RangedBytes(file)
        var reader = try ZipMemberReader(member)
        var text: [UInt8] = []
        while let range = reader.wanted {
            let packed = try await object.read(range)
            try reader.take(packed) { text.append(contentsOf: $0) }
            guard text.count >= Self.pieceBytes else { continue }
            let goesOn = try await body(text)
            if !goesOn { return member.name }
            text.removeAll(keepingCapacity: true)
        }
        try reader.finish()
        if !text.isEmpty { _ = try await body(text) }
        return member.name
    }

    private func readSheet(_ body: ([UInt8]) async throws -> Bool) async throws -> String? {
        var object = try await RangedBytes(file)
        var reader = try XlsxReader(
            archiveBytes: object.size, sheet: sheet,
            limits: XlsxLimits(maximumBytes: maximumBytes, maximumSharedStringBytes: Self.mostSharedText))
        var text: [UInt8] = []
        while let range = reader.wanted {
            let packed = try await object.read(range)
            var isBomb = false
            try reader.take(packed) { csv in
                if text.count < Self.mostTextAtOnce { text.append(contentsOf: csv) } else { isBomb = true }
            }
            if isBomb {
                throw TabularError(
                    .workbookTooLarge, "the workbook unpacks to far more than it holds; export it as CSV")
            }
            guard text.count >= Self.pieceBytes else { continue }
            let goesOn = try await body(text)
            if !goesOn { return reader.sheetName }
            text.removeAll(keepingCapacity: true)
        }
        if !text.isEmpty { _ = try await body(text) }
        return reader.sheetName
    }
}
