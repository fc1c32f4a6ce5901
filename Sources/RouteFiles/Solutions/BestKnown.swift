/// The best cost that is known of an instance, from what lies beside it.
package enum BestKnown {
    /// The column of costs in a table of best-known ones; the first that a table has.
    private static let columns = ["best_known", "best_known_distance"]

    /// - Parameters:
    ///   - table: a CSV file whose first column names instances.
    ///   - instance: the file's name without its endings.
    package static func cost(inTable table: String, of instance: String) -> Double? {
        let rows = table.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = rows.first, let column = columns.lazy.compactMap({ header.firstIndex(of: $0) }).first else {
            return nil
        }
        return rows.first { $0.first == instance && $0.count > column }.flatMap { Double($0[column]) }
    }

    /// A file's name without `.gz` and its format's ending.
    package static func instance(fileName: String) -> String {
        var name = fileName[...]
        for ending in [".gz", ".vrp", ".txt", ".tsp"] where name.lowercased().hasSuffix(ending) {
            name = name.dropLast(ending.count)
        }
        return String(name)
    }
}
