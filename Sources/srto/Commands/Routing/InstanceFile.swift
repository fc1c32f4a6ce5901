import Foundation
import RouteFiles

/// An instance that was read, and the best cost that is known of it.
struct InstanceFile: Sendable {
    let file: RouteFile
    let bestKnown: Double?

    /// - Throws: `RouteFileError`, with the line where it is at fault.
    init(path: String) throws {
        let url = URL(fileURLWithPath: path)
        let bytes: Data
        do {
            bytes = try Data(contentsOf: url)
        } catch {
            throw RouteFileError(file: path, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
        file = try RouteFileReader.read([UInt8](bytes), name: path)
        bestKnown = Self.bestKnown(beside: url)
    }

    /// The gap to the best known cost in percent.
    func gap(_ cost: Double) -> Double? {
        bestKnown.flatMap { $0 > 0 ? (cost / $0 - 1) * 100 : nil }
    }

    /// What a table says goes before a `.sol` file: it is kept up to date more often.
    private static func bestKnown(beside url: URL) -> Double? {
        let folder = url.deletingLastPathComponent()
        let name = BestKnown.instance(fileName: url.lastPathComponent)
        if let table = text(folder.appending(path: "bks.csv")),
            let cost = BestKnown.cost(inTable: table, of: name)
        {
            return cost
        }
        for ending in [".sol", ".sol.gz"] {
            if let text = text(folder.appending(path: name + ending)) { return SolutionFile.cost(in: text) }
        }
        return nil
    }

    /// A file that need not be there.
    private static func text(_ url: URL) -> String? {
        guard let bytes = try? Data(contentsOf: url) else { return nil }
        return try? RouteFileReader.text([UInt8](bytes), name: url.path)
    }
}
