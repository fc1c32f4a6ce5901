/// Reads `styles.xml`: which number format each style has.
final class CellStyles: XMLEvents {
    private static let maximumStyles = 100_000

    private var custom: [Int: NumberFormat] = [:]
    private var formats: [NumberFormat] = []
    /// Elements that told of a format: one id over and over is as much work as many.
    private var styleCount = 0
    private var isInCellFormats = false

    /// The format of a cell with that style.
    func format(_ style: Int) -> NumberFormat { formats.indices.contains(style) ? formats[style] : .plain }

    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) {
        switch name {
        case "numFmt":
            try countStyle()
            guard let id = attributes["numFmtId"].flatMap(Int.init), let code = attributes["formatCode"] else { return }
            custom[id] = NumberFormat(code: code)
        case "cellXfs": isInCellFormats = true
        case "xf" where isInCellFormats:
            try countStyle()
            let id = attributes["numFmtId"].flatMap(Int.init) ?? 0
            formats.append(custom[id] ?? NumberFormat(builtIn: id))
        default: return
        }
    }

    func ended(_ name: XMLName) throws(TabularError) {
        if name == "cellXfs" { isInCellFormats = false }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {}

    private func countStyle() throws(TabularError) {
        styleCount += 1
        guard styleCount <= Self.maximumStyles else {
            throw TabularError(.workbookTooLarge, "the workbook has more than \(Self.maximumStyles) cell styles")
        }
    }
}
