/// What one cell looks like, to a guesser who knows no columns.
struct CellShape {
    enum Kind {
        case blank
        /// A number, an amount, a date, a time: what column names are not.
        case value
        case text
    }

    private static let structural: Set<UInt8> = [
        ASCII.comma, ASCII.semicolon, ASCII.tab, ASCII.pipe, UInt8(ascii: "^"), UInt8(ascii: "~"), 0x1F, 0x01,
    ]
    /// What numbers, amounts, dates and times are made of, digits aside.
    private static let valueMarks = Set("+-.,:/ $%()TZeE".utf8)
    private static let longestValue = 40

    let kind: Kind
    /// False when an unquoted cell holds what looks like another dialect's delimiter or quote.
    let isClean: Bool
    let isInApostrophes: Bool

    init(_ cell: ArraySlice<UInt8>, isQuoted: Bool, delimiter: UInt8) {
        var cell = cell
        while let first = cell.first, first == ASCII.space || first == ASCII.tab { cell.removeFirst() }
        while let last = cell.last, last == ASCII.space || last == ASCII.tab { cell.removeLast() }
        kind = Self.kind(cell)
        isInApostrophes = cell.count > 1 && cell.first == ASCII.apostrophe && cell.last == ASCII.apostrophe
        isClean =
            isQuoted || (kind == .value && !cell.contains(ASCII.semicolon))
            || Self.holdsNoDelimiter(cell, delimiter)
                && !isInApostrophes && (cell.first == ASCII.doubleQuote) == (cell.last == ASCII.doubleQuote)
    }

    private static func kind(_ cell: ArraySlice<UInt8>) -> Kind {
        if cell.isEmpty { return .blank }
        guard cell.count <= longestValue else { return .text }
        var digits = 0
        for byte in cell {
            if byte >= ASCII.zero && byte <= ASCII.nine {
                digits += 1
            } else if !valueMarks.contains(byte) {
                return .text
            }
        }
        return digits > 0 && digits * 3 >= cell.count ? .value : .text
    }

    /// A comma or semicolon with a space behind it is punctuation.
    private static func holdsNoDelimiter(_ cell: ArraySlice<UInt8>, _ delimiter: UInt8) -> Bool {
        for (index, byte) in zip(cell.indices, cell) where byte != delimiter && structural.contains(byte) {
            let isPunctuation = byte == ASCII.comma || byte == ASCII.semicolon
            if !isPunctuation || index + 1 == cell.endIndex || cell[index + 1] != ASCII.space { return false }
        }
        return true
    }
}
