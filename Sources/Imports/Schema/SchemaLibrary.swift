package import Domain
package import Foundation
import Tabular

/// The schemas and lookup tables that the server ships in its configuration folder.
package struct SchemaLibrary: Sendable {
    private let folder: URL

    /// - Parameter folder: holds `schemas/*.json` and `lookups/*.csv`.
    package init(folder: URL) { self.folder = folder }

    /// Every schema there, checked, with its lookup files read in.
    /// - Throws: `RequestError` naming the file and its faults.
    package func schemas() throws -> [ImportSchema] {
        let schemas = folder.appending(path: "schemas")
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: schemas.path).filter { $0.hasSuffix(".json") }
        } catch {
            throw RequestError(
                .schemaValidationFailed,
                "the schemas in \(schemas.path) cannot be listed: set SRTO_CONFIG to the folder that holds schemas/ and "
                    + "lookups/.")
        }
        return try files.sorted().map { name in
            do {
                let data = try Data(contentsOf: schemas.appending(path: name))
                var schema = try JSONDecoder().decode(ImportSchema.self, from: data)
                for (table, source) in schema.lookupTables ?? [:] {
                    schema.lookupTables?[table] = try resolved(source)
                }
                try SchemaCheck.demandSound(schema)
                return schema
            } catch {
                throw RequestError(.schemaValidationFailed, "schema file \(name): \(error)")
            }
        }
    }

    private func resolved(_ source: LookupSource) throws -> LookupSource {
        guard let file = source.file else { return source }
        guard let key = source.key, let value = source.value, !file.contains("/"), !file.hasPrefix(".") else {
            throw RequestError(.schemaValidationFailed, "a lookup file needs a plain file name, key and value")
        }
        let data = try Data(contentsOf: folder.appending(path: "lookups").appending(path: file))
        var reader = CSVReader(Array(data))
        guard reader.next() else {
            throw RequestError(.schemaValidationFailed, "lookup file \(file) is empty")
        }
        let header = (0..<reader.fieldCount).map { reader.fieldString($0) }
        guard let keyColumn = header.firstIndex(of: key), let valueColumn = header.firstIndex(of: value) else {
            throw RequestError(.schemaValidationFailed, "lookup file \(file) has no columns \(key) and \(value)")
        }
        var entries: [String: String] = [:]
        while reader.next() {
            entries[reader.fieldString(keyColumn)] = reader.fieldString(valueColumn)
        }
        return LookupSource(entries: entries)
    }
}
