/// `SheetRows` as what an `XMLStream` calls: the rows are a value of their own, because each look at a property of an object is
/// checked while it runs, and a sheet's cells are many.
final class SheetToCSV: XMLEvents {
    private var rows: SheetRows

    init(_ cells: CellValues, maximumBytes: Int) { rows = SheetRows(cells, maximumBytes: maximumBytes) }

    /// What has been written since the last call.
    func takeBytes() -> [UInt8] { rows.takeBytes() }

    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) { try rows.began(name, attributes) }
    func ended(_ name: XMLName) throws(TabularError) { try rows.ended(name) }
    func text(_ piece: UnsafeRawBufferPointer) throws(TabularError) { try rows.text(piece) }
}
