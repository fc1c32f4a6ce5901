/// Reads one sheet of an Excel workbook (.xlsx, .xlsm) as CSV: UTF-8, commas, LF, `CSVDialect()`.
///
/// It does no I/O: hand it the archive's bytes of `wanted` until there is no more.
///
/// ```swift
/// var reader = try XlsxReader(archiveBytes: size, sheet: nil, limits: limits)
/// while let range = reader.wanted { try reader.take(read(range)) { csv in … } }
/// ```
///
/// The sheet's XML streams past; only the texts that cells share are held, up to the limits' bound.
public struct XlsxReader: ~Copyable {
    private static let sliceBytes = 1 << 12

    /// The archive's bytes to hand over next; nil when the sheet is complete.
    public var wanted: Range<Int>? { current.map { $0.member.wanted } ?? directory.wanted }
    /// The name of the sheet that is read; nil until it is known.
    public private(set) var sheetName: String?
    /// The names of all sheets that are not hidden; empty until they are known.
    public private(set) var sheetNames: [String] = []

    /// The parts in the order in which they are read; each says where the next ones are.
    private enum Part {
        case roots(Relationships), workbook(WorkbookSheets), references(Relationships), styles(CellStyles)
        case strings(SharedStrings), sheet(SheetToCSV)

        var events: any XMLEvents {
            switch self {
            case .roots(let events), .references(let events): events
            case .workbook(let events): events
            case .styles(let events): events
            case .strings(let events): events
            case .sheet(let events): events
            }
        }
    }

    /// The part that is being read.
    private final class Reading {
        let part: Part
        let xml: XMLStream
        var member: ZipMemberReader

        init(_ part: Part, _ member: ZipMember) throws(TabularError) {
            self.part = part
            xml = try XMLStream(part.events)
            self.member = try ZipMemberReader(member)
        }
    }

    private let limits: XlsxLimits
    private let wish: String?
    private var directory: ZipDirectory
    private var current: Reading?
    private var workbookMember = ""
    private var sheetMember = ""
    private var stringsMember: String?
    private var startsIn1904 = false
    private var styles: CellStyles?
    private var strings: SharedStrings?

    /// - Parameters:
    ///   - archiveBytes: the file's size.
    ///   - sheet: the name of the sheet to read; the first that is not hidden when nil.
    /// - Throws: `zipCorrupt` when the file is too short.
    public init(archiveBytes: Int, sheet: String? = nil, limits: XlsxLimits) throws(TabularError) {
        directory = try ZipDirectory(archiveBytes: archiveBytes, limits: limits.archive)
        self.limits = limits
        wish = sheet
    }

    /// Takes the bytes of `wanted` and hands the CSV that they complete to `body`.
    ///
    /// - Throws: the errors of `ZipDirectory` and `ZipMemberReader`, `workbookCorrupt`, `workbookTooLarge`,
    ///   `workbookSheetMissing`; the reader is of no more use then.
    public mutating func take(_ bytes: [UInt8], _ body: ([UInt8]) -> Void) throws(TabularError) {
        guard let reading = current else {
            try directory.take(bytes)
            if directory.wanted == nil { try open("_rels/.rels", .roots(Relationships(folder: ""))) }
            return
        }
        try Self.feed(bytes, to: reading, body)
        // A part without bytes is complete as soon as it is opened.
        while let reading = current, reading.member.wanted == nil { try finish(reading, body) }
    }

    private static func feed(
        _ bytes: [UInt8], to reading: Reading, _ body: ([UInt8]) -> Void
    ) throws(TabularError) {
        var failure: TabularError?
        try reading.member.take(bytes) { piece in
            guard failure == nil else { return }
            do throws(TabularError) {
                // Small slices, because a few bytes of XML may show a long text, and many of them many.
                for start in stride(from: 0, to: piece.count, by: sliceBytes) {
                    let end = min(piece.count, start + sliceBytes)
                    try reading.xml.feed(UnsafeRawBufferPointer(rebasing: piece[start..<end]))
                    hand(reading.part, body)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private static func hand(_ part: Part, _ body: ([UInt8]) -> Void) {
        guard case .sheet(let sheet) = part else { return }
        let csv = sheet.takeBytes()
        if !csv.isEmpty { body(csv) }
    }

    private mutating func finish(_ reading: Reading, _ body: ([UInt8]) -> Void) throws(TabularError) {
        try reading.member.finish()
        try reading.xml.finish()
        current = nil
        switch reading.part {
        case .roots(let roots):
            workbookMember = roots.member("officeDocument") ?? "xl/workbook.xml"
            guard !workbookMember.hasSuffix(".bin") else {
                throw TabularError(
                    .zipUnsupported, "the file is a binary workbook (.xlsb); save it as .xlsx or CSV and send that")
            }
            try open(workbookMember, .workbook(WorkbookSheets()))
        case .workbook(let workbook): try choose(workbook)
        case .references(let references): try follow(references)
        case .styles(let read):
            styles = read
            try openStrings()
        case .strings(let read):
            strings = read
            try openSheet()
        case .sheet: Self.hand(reading.part, body)
        }
    }

    private mutating func choose(_ workbook: WorkbookSheets) throws(TabularError) {
        let visible = workbook.sheets.filter { !$0.isHidden }
        sheetNames = visible.map(\.name)
        let chosen = wish.map { wish in workbook.sheets.first { $0.name == wish } } ?? visible.first
        guard let chosen else {
            let names = sheetNames.prefix(20).map { String($0.prefix(60)) }.joined(separator: ", ")
            throw TabularError(
                .workbookSheetMissing,
                "the workbook has no sheet \(wish.map { "\"\($0)\"" } ?? "that can be seen"); it has: "
                    + names)
        }
        sheetName = chosen.name
        sheetMember = chosen.relationship
        startsIn1904 = workbook.startsIn1904
        let slash = workbookMember.lastIndex(of: "/").map { workbookMember.index(after: $0) }
        let folder = slash.map { String(workbookMember[..<$0]) } ?? ""
        let name = slash.map { String(workbookMember[$0...]) } ?? workbookMember
        try open(folder + "_rels/" + name + ".rels", .references(Relationships(folder: folder)))
    }

    private mutating func follow(_ references: Relationships) throws(TabularError) {
        guard let target = references.targets.first(where: { $0.id == sheetMember }), target.kind == "worksheet" else {
            throw TabularError(
                .workbookSheetMissing, "the sheet \"\(sheetName ?? "")\" is no table; name one that is")
        }
        sheetMember = target.member
        stringsMember = references.member("sharedStrings").flatMap { directory.member($0)?.name }
        if let name = references.member("styles"), directory.member(name) != nil {
            try open(name, .styles(CellStyles()))
        } else {
            try openStrings()
        }
    }

    private mutating func openStrings() throws(TabularError) {
        guard let name = stringsMember else { return try openSheet() }
        try open(name, .strings(SharedStrings(maximumBytes: limits.maximumSharedStringBytes)))
    }

    private mutating func openSheet() throws(TabularError) {
        let cells = CellValues(strings: strings, styles: styles, startsIn1904: startsIn1904)
        try open(sheetMember, .sheet(SheetToCSV(cells, maximumBytes: limits.maximumCSVBytes)))
    }

    private mutating func open(_ name: String, _ next: Part) throws(TabularError) {
        guard let found = directory.member(name) else {
            throw TabularError(.workbookCorrupt, "the file is no Excel workbook, or is damaged: it lacks \(name)")
        }
        current = try Reading(next, found)
    }
}
