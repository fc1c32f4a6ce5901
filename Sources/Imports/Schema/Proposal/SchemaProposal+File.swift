package import Domain
import Foundation
import Tabular

extension SchemaProposal {
    /// Bytes of the text that are looked at.
    private static let headBytes = 1 << 20
    /// What a packed file's beginning may unpack to.
    private static let mostBytes = 4 << 30

    /// A schema for a file of this machine, bare or packed as imports take them.
    /// - Parameters:
    ///   - format: what is known of how to read it.
    ///   - table: what the file fills; the best guess when nil.
    /// - Throws: `RequestError` when it is no table, or when it must be said how to read it; what the system says of a file
    ///   that cannot be read.
    package static func forFile(
        at path: String, format: FileFormat? = nil, table: EntityTable?
    ) async throws -> SchemaProposal {
        let name = URL(filePath: path).lastPathComponent
        do {
            let stated = try StatedFormat(format)
            let file = LocalBytes(path: path)
            let beginning = try await file.get(offset: 0, count: headBytes)
            let source = try await FileSource(file, head: beginning, sheet: stated.sheet, maximumBytes: mostBytes)
            guard source.isWorkbook || stated.sheet == nil else { throw FileRefusal(FileSource.noSheet) }
            let head = source.container == nil ? beginning : try await source.head(headBytes)
            let statement =
                source.isWorkbook ? CSVStatement(encoding: .utf8, delimiter: UInt8(ascii: ",")) : stated.text
            return try SchemaProposal(
                fileName: bareName(name, source), head: head, table: table, stated: statement,
                isWhole: head.count < headBytes)
        } catch let fault as FormatFault {
            throw RequestError(.invalidFileFormat, "\(name): \(fault.message).")
        } catch let refusal as FileRefusal {
            throw RequestError(.invalidFileFormat, "\(name): \(refusal.message).")
        } catch let error as TabularError {
            throw RequestError(.invalidFileFormat, "\(name): \(error.message).")
        }
    }

    /// What the file is called out of what it is packed in: a schema that takes it takes the packed one too.
    private static func bareName(_ name: String, _ source: FileSource) -> String {
        guard source.container != nil, let point = name.lastIndex(of: ".") else { return name }
        let bare = String(name[..<point])
        return source.container == "gzip" || bare.contains(".") ? bare : bare + ".csv"
    }
}
