package import Domain

extension EntityTable {
    /// Positions, ascending, of the columns by which it is decided what a merge does to a row: those that it maps; the territory, by
    /// which rights and snapshots go; and the coordinates with where they are from, as found ones give way (ADR 13). What others
    /// write into any other column is none of the merge's matter (ADR 17).
    /// - Parameter mapped: positions of the mapped columns, the key among them.
    package func decisiveColumns(mapping mapped: some Sequence<Int>) -> [Int] {
        let besides = [territoryColumn, Self.coordinateSource, "latitude", "longitude"]
        return Set(mapped).union(besides.compactMap { $0.flatMap(index(of:)) }).sorted()
    }
}
