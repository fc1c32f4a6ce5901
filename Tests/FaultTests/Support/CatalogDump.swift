import Catalog
import CatalogSQLite
import Domain
import Foundation
import TestSupport

/// What a finished import left behind: every row without its clock columns, and every snapshot's hash.
struct CatalogDump: Equatable {
    var rows: [String: [String]] = [:]
    var hashes: [String: String] = [:]

    /// Reads what a server keeps in `home`.
    static func read(_ home: URL) async throws -> CatalogDump {
        let catalog = try SQLiteCatalog(path: home.appending(path: "catalog.sqlite").path)
        var dump = CatalogDump()
        dump.rows = try await catalog.read { reader in
            var rows: [String: [String]] = [:]
            for table in EntityTable.allCases {
                try reader.forEachRow(.all(table)) { row in
                    rows[table.rawValue, default: []].append("\(row.prefix(table.columns.count))")
                }
            }
            return rows.mapValues { $0.sorted() }
        }
        dump.hashes = try hashes(home)
        return dump
    }

    /// The hash of each territory's snapshot.
    static func hashes(_ home: URL) throws -> [String: String] {
        let folder = home.appending(path: "objects/snapshots/territories")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [:] }
        var hashes: [String: String] = [:]
        for territory in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let data = try Data(contentsOf: folder.appending(path: "\(territory)/metadata.json"))
            let manifest = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            hashes[territory] = manifest?["hash"] as? String
        }
        return hashes
    }
}
