import Catalog
import CatalogSQLite
import Domain
import Foundation
import TestSupport

/// What a finished import left behind: every row without its clock columns, and every snapshot's hash.
struct CatalogDump: Equatable {
    var rows: [String: [String]] = [:]
    var hashes: [String: String] = [:]

    /// Reads what a running server keeps.
    static func read(of server: ServerProcess) async throws -> CatalogDump {
        let home = await server.homeFromOutside
        guard home != server.home else { return try await read(home) }
        // SQLite follows every link of a path, and that of another process's root leads back into this one's.
        return try await TestFolder.with { folder in
            let names = try FileManager.default.contentsOfDirectory(atPath: home.path)
            for name in names where name.hasPrefix("catalog.sqlite") && !name.hasSuffix("-shm") {
                try FileManager.default.copyItem(at: home.appending(path: name), to: folder.appending(path: name))
            }
            var dump = try await read(folder)
            dump.hashes = try hashes(home)
            return dump
        }
    }

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
            let file = folder.appending(path: "\(territory)/metadata.json")
            // Its first snapshot is still being written.
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let data = try Data(contentsOf: file)
            let manifest = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            hashes[territory] = manifest?["hash"] as? String
        }
        return hashes
    }
}
