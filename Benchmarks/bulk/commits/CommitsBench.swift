import Catalog
import CatalogSQLite
import Domain
import Foundation

/// A planner who commits while an import runs: four times a second the outlets of another route get its number, in a process
/// beside the server's. Ends with its standard input, and tells how long commits took.
///
/// usage: commits-bench CATALOG     a catalog with outlets in it
@main
enum CommitsBench {
    /// Outlets of a route.
    private static let routeOutlets = 200
    private static let pauseMilliseconds: Int32 = 250

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: commits-bench CATALOG\n".utf8))
            exit(2)
        }
        let catalog = try SQLiteCatalog(path: CommandLine.arguments[1])
        let routes = try await routes(catalog)
        let clock = ContinuousClock()
        var seconds: [Double] = []
        var input = pollfd(fd: FileHandle.standardInput.fileDescriptor, events: Int16(POLLIN), revents: 0)
        repeat {
            let start = clock.now
            try await commit(routes[seconds.count % routes.count], seconds.count, to: catalog)
            seconds.append((clock.now - start) / .seconds(1))
        } while poll(&input, 1, pauseMilliseconds) == 0
        let sorted = seconds.sorted()
        let text = [sorted[sorted.count / 2], sorted[sorted.count - 1]].map { String(format: "%.3f", $0) }
        print("planner's commits: \(sorted.count), median \(text[0]) s, longest \(text[1]) s")
    }

    /// Keys of outlets by the two hundred, each of one territory.
    private static func routes(_ catalog: SQLiteCatalog) async throws -> [(territory: String, outlets: [String])] {
        try await catalog.read { reader in
            try reader.territories().compactMap { territory in
                var outlets: [String] = []
                try reader.forEachCells(.outlets(territory: territory.territoryId)) { cells in
                    guard outlets.count < routeOutlets, case .text(let key) = cells[0] else { return }
                    outlets.append(String(decoding: key, as: UTF8.self))
                }
                return outlets.isEmpty ? nil : (territory.territoryId, outlets)
            }
        }
    }

    /// Writes what a planner's commit does: rows with their history, the territory's version, and the wish for its snapshot.
    private static func commit(
        _ route: (territory: String, outlets: [String]), _ number: Int, to catalog: SQLiteCatalog
    ) async throws {
        let column = EntityTable.outlets.index(of: "route_id") ?? 0
        try await catalog.write { writer in
            let change = MasterDataChange(
                version: try writer.beginChange(), date: Date.now.iso8601, sessionID: "commit", origin: .planning)
            let merger = try writer.merger(into: .outlets, columns: [0, column], strategy: .upsert, change: change)
            var row = [FieldValue](repeating: .null, count: EntityTable.outlets.columns.count)
            row[column] = .text("R\(number)")
            for outlet in route.outlets {
                row[0] = .text(outlet)
                _ = try merger.merge(row)
            }
            for territory in try writer.touch(territories: merger.changedTerritories, version: change.version) {
                try writer.enqueueSnapshot(of: territory, version: change.version)
            }
        }
    }
}
