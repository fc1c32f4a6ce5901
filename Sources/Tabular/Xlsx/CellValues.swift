/// Turns what a cell holds into the text that stands for it in CSV.
struct CellValues {
    enum Kind {
        case number, sharedString, text, boolean, verbatim

        /// The cell's `t` attribute.
        init(_ type: XMLName?) {
            guard let type else {
                self = .number
                return
            }
            self =
                switch type {
                case "s": .sharedString
                case "str", "inlineStr": .text
                case "b": .boolean
                case "e", "d": .verbatim
                default: .number
                }
        }
    }

    struct Cell {
        var kind = Kind.number
        var style = 0
        var text: [UInt8] = []
    }

    /// Beyond, not every whole number is a `Double`.
    private static let largestWhole = 9_007_199_254_740_992.0

    let strings: SharedStrings?
    let styles: CellStyles?
    let startsIn1904: Bool

    /// Appends the cell's value in UTF-8; the cell's own text is used up.
    func append(_ cell: inout Cell, to values: inout [UInt8]) throws(TabularError) {
        switch cell.kind {
        case .sharedString:
            guard !cell.text.isEmpty else { return }
            guard let index = FieldParser.integer(cell.text), let text = strings?.text(index) else {
                throw XMLStream.corrupt("a cell refers to a text that is not there")
            }
            values.append(contentsOf: text)
        case .text:
            EscapedText.unescape(&cell.text, from: 0)
            values.append(contentsOf: cell.text)
        case .boolean:
            values.append(contentsOf: (cell.text == [ASCII.zero + 1] ? "TRUE" : cell.text.isEmpty ? "" : "FALSE").utf8)
        case .verbatim: values.append(contentsOf: cell.text)
        case .number: appendNumber(cell, to: &values)
        }
    }

    private func appendNumber(_ cell: Cell, to values: inout [UInt8]) {
        let format = styles?.format(cell.style) ?? .plain
        // Most numbers are short, or whole, and stand as they are meant.
        let isLong = cell.text.count > 15 && cell.text.contains(ASCII.point)
        if format == .plain, !isLong, !cell.text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            return values.append(contentsOf: cell.text)
        }
        guard let number = FieldParser.double(cell.text) else { return values.append(contentsOf: cell.text) }
        switch format {
        case .date, .time, .dateTime:
            if let text = ExcelDate.text(number, format, startsIn1904: startsIn1904) {
                return values.append(contentsOf: text.utf8)
            }
        case .padded(let digits):
            let text = Self.text(number)
            if number >= 0, !text.contains("."), !text.contains("e") {
                values.append(contentsOf: repeatElement(ASCII.zero, count: max(0, digits - text.utf8.count)))
            }
            return values.append(contentsOf: text.utf8)
        case .plain: break
        }
        values.append(contentsOf: Self.text(number).utf8)
    }

    /// The shortest text that reads back as the number: files hold 34.052235000000003 for 34.052235.
    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < largestWhole ? String(Int(number)) : number.description
    }
}
