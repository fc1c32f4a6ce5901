/// Reads a sheet's XML and writes its rows as CSV: commas, UTF-8, LF.
///
/// Row n of the sheet stands on line n (blank rows are blank lines), as long as no cell holds a line end. A row is padded to
/// the widest so far, so that rows whose last cells are empty have as many fields as the header. Formulas give the value
/// that the spreadsheet last computed.
struct SheetRows {
    /// What Excel itself allows.
    private static let maximumRows = 1_048_576
    /// Each cell may show a long text that is stored once, so that a row needs a bound of its own.
    private static let maximumRowBytes = 4 << 20

    private let cells: CellValues
    private let maximumBytes: Int
    private var writer = CSVWriter()
    private var takenBytes = 0
    private var isInData = false
    private var lastRow = 0
    private var row = 0
    private var width = 0
    /// The current row's values one after the other, and each column's place among them.
    private var values: [UInt8] = []
    private var places: [Range<Int>] = []
    private var column = 0
    private var cell = CellValues.Cell()
    private var isCollecting = false
    private var isInline = false
    private var phoneticDepth = 0

    init(_ cells: CellValues, maximumBytes: Int) {
        self.cells = cells
        self.maximumBytes = maximumBytes
    }

    /// What has been written since the last call.
    mutating func takeBytes() -> [UInt8] {
        takenBytes += writer.bytes.count
        return writer.takeBytes()
    }

    mutating func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) {
        guard isInData else {
            if name == "sheetData" { isInData = true }
            return
        }
        switch name {
        case "row": try beginRow(attributes.number("r") ?? lastRow + 1)
        case "c": try beginCell(attributes)
        case "v":
            cell.text.removeAll(keepingCapacity: true)
            isCollecting = true
        case "is": isInline = true
        case "t": isCollecting = isInline && phoneticDepth == 0
        case "rPh": phoneticDepth += 1
        default: return
        }
    }

    mutating func ended(_ name: XMLName) throws(TabularError) {
        guard isInData else { return }
        switch name {
        case "v", "t": isCollecting = false
        case "is": isInline = false
        case "rPh": phoneticDepth -= 1
        case "c": try endCell()
        case "row": try endRow()
        case "sheetData": isInData = false
        default: return
        }
    }

    mutating func text(_ piece: UnsafeRawBufferPointer) throws(TabularError) {
        guard isCollecting else { return }
        guard cell.text.count + piece.count <= SharedStrings.longestText else {
            throw XMLStream.corrupt("a cell in row \(row) is longer than one may be")
        }
        cell.text.append(contentsOf: piece)
    }

    private mutating func beginRow(_ number: Int) throws(TabularError) {
        guard number > lastRow, number <= Self.maximumRows else {
            throw XMLStream.corrupt("row \(number) stands behind row \(lastRow)")
        }
        row = number
        column = 0
        values.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    private mutating func beginCell(_ attributes: XMLAttributes) throws(TabularError) {
        column =
            try attributes.value("r").map { (name) throws(TabularError) in try Self.column(of: name) } ?? column + 1
        guard column > places.count, column <= XlsxLimits.maximumColumns else {
            throw XMLStream.corrupt("a cell of row \(row) is out of order")
        }
        cell.kind = CellValues.Kind(attributes.value("t").map(XMLName.init))
        cell.style = attributes.number("s") ?? 0
        cell.text.removeAll(keepingCapacity: true)
    }

    private mutating func endCell() throws(TabularError) {
        // Cells that were left out are empty.
        while places.count < column - 1 { places.append(values.count..<values.count) }
        let start = values.count
        try cells.append(&cell, to: &values)
        guard values.count <= Self.maximumRowBytes else {
            throw TabularError(.workbookTooLarge, "row \(row) holds more than \(Self.maximumRowBytes) bytes")
        }
        places.append(start..<values.count)
    }

    private mutating func endRow() throws(TabularError) {
        writer.blankLines(row - lastRow - 1)
        lastRow = row
        while let last = places.last, last.isEmpty { places.removeLast() }
        if places.isEmpty {
            writer.blankLines(1)
        } else {
            width = max(width, places.count)
            values.withUnsafeBytes { bytes in
                for place in places { writer.field(UnsafeRawBufferPointer(rebasing: bytes[place])) }
            }
            for _ in places.count..<width { writer.field([]) }
            writer.endRow()
        }
        guard takenBytes + writer.bytes.count <= maximumBytes else {
            throw TabularError(
                .workbookTooLarge, "the sheet is longer than \(maximumBytes) bytes as CSV; split it")
        }
    }

    /// The column, counted from 1, of a cell named as in "AB12".
    private static func column(of name: UnsafePointer<CChar>) throws(TabularError) -> Int {
        var column = 0
        var next = name
        while next.pointee >= CChar(UInt8(ascii: "A")), next.pointee <= CChar(UInt8(ascii: "Z")),
            column <= XlsxLimits.maximumColumns
        {
            column = column * 26 + Int(next.pointee) - Int(UInt8(ascii: "A")) + 1
            next += 1
        }
        guard column > 0 else { throw XMLStream.corrupt("a cell has no name") }
        return column
    }
}
