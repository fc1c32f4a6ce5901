import Domain
import Foundation
import GRDB
import Testing

@testable import CatalogSQLite

/// What SQLite would refuse is refused while it is written past SQLite.
struct ScratchTableTests {
    private static func territory(_ key: FieldValue, name: FieldValue = .text("North")) -> [FieldValue] {
        EntityTable.territories.columns.map { column in
            switch column.name {
            case "territory_id": key
            case "territory_name": name
            default: column.required ? .text("x") : .null
            }
        } + EntityTable.clockColumns.map { _ in .text("2026-11-26") }
    }

    /// - Returns: what is said of the first row that is refused.
    private static func refusal(_ rows: [[FieldValue]], isImage: Bool = true) -> String? {
        let file = ScratchFile(PageFile(open("/dev/null", O_WRONLY)))
        var table = ScratchTable(file, .territories, isImage: isImage)
        var made = ScratchRow(of: .territories)
        for row in rows {
            var bytes: [UInt8] = []
            for cell in row { PackedRow.append(cell, to: &bytes) }
            do {
                try bytes.withUnsafeBytes { bytes in
                    try made.make(PackedRow.Reader.cells(bytes)) { try table.write($0) }
                }
            } catch {
                return (error as? DatabaseError).flatMap { $0.resultCode == .SQLITE_CONSTRAINT ? $0.message : nil }
            }
        }
        return nil
    }

    @Test func `rows in order are taken`() {
        #expect(
            Self.refusal([Self.territory(.text("")), Self.territory(.text("A")), Self.territory(.text("a"))]) == nil)
        #expect(Self.refusal([Self.territory(.text("B")), Self.territory(.text("A"))], isImage: false) == nil)
    }

    @Test(arguments: [["B", "A"], ["A", "A"], ["", ""]])
    func `an image's rows must be in order, each key once`(keys: [String]) {
        #expect(
            Self.refusal(keys.map { Self.territory(.text($0)) })
                == "the rows of territories are not in the order of their keys")
    }

    @Test(arguments: [true, false])
    func `a row must have what the catalog demands`(isImage: Bool) {
        let nameless = Self.refusal([Self.territory(.text("A"), name: .null)], isImage: isImage)
        #expect(nameless == "territories.territory_name must not be empty")
        let number = Self.refusal([Self.territory(.text("A"), name: .integer(7))], isImage: isImage)
        #expect(number == "territories.territory_name cannot hold a number")
    }
}
