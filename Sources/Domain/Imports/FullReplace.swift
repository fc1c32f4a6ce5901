/// That the files of an entity hold every row of a scope: rows of the catalog that lie in it and are missing from the files go.
package struct FullReplace: Sendable, Codable, Equatable {
    /// The scope that is the whole table.
    package static let wholeTable = "ALL"
    private static let usualMaximum = 0.1
    /// So many rows of one value of the scope's column may go whatever share of them they are: a shop or two are much of a small
    /// distributor.
    package static let fewDeletions = 10

    /// `ALL`, or a mapped column such as `dt_code`: all rows then that share its value with a row of the files.
    package var scope: String
    /// Share (0...1) of the scope's rows that may go, of all and of those of each value of its column; where more would, nothing
    /// is merged. A tenth when left out.
    package var maximumDeletions: Double?

    package init(scope: String, maximumDeletions: Double? = nil) {
        self.scope = scope
        self.maximumDeletions = maximumDeletions
    }

    /// Whether so many of the scope's rows may go.
    package func allows(_ deletions: Int, of rows: Int) -> Bool {
        Double(deletions) <= (maximumDeletions ?? Self.usualMaximum) * Double(rows)
    }

    /// The most that may go, in percent.
    package var maximumPercent: Int { Int(((maximumDeletions ?? Self.usualMaximum) * 100).rounded()) }
}
