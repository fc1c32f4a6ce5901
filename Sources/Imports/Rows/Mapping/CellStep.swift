import Domain

/// How one cell is filled, without anything that must be counted when it is looked at: a record passes all of these.
struct CellStep {
    /// What makes the source's text.
    enum Kind { case copy, upper, lower, date, lookup, const, concat, contentHash, amount }

    let kind: Kind
    let column: Column.Kind
    /// Position in `EntityTable.columns`.
    let position: Int
    /// Position of the target in the plan, and of the step.
    let target: Int
    /// The only source, or -1 when there are several or none.
    let source: Int
    /// All of them, in the mapper's sources.
    let sources: Range<Int>
    let required: Bool
    /// Whether the column takes only listed texts.
    let isListed: Bool
    /// In the mapper's constants; nil where there is no default.
    let defaultText: Range<Int>?
    /// In the mapper's constants.
    let prefix: Range<Int>
    let separator: Range<Int>

    /// - Parameters:
    ///   - constants: gathers the texts that the steps point into.
    ///   - sources: gathers their sources.
    init(_ target: RecordPlan.Target, index: Int, constants: inout [UInt8], sources: inout [Int]) {
        func keep(_ text: String) -> Range<Int> {
            let start = constants.count
            constants += text.utf8
            return start..<constants.count
        }
        var prefix = 0..<0
        var separator = 0..<0
        switch target.transform {
        case .copy: kind = .copy
        case .upper: kind = .upper
        case .lower: kind = .lower
        case .date: kind = .date
        case .lookup: kind = .lookup
        case .const(let value):
            kind = .const
            prefix = keep(value)
        case .concat(let before, let between):
            kind = .concat
            prefix = keep(before)
            separator = keep(between)
        case .amount: kind = .amount
        case .contentHash(let before):
            kind = .contentHash
            prefix = keep(before)
        }
        self.prefix = prefix
        self.separator = separator
        defaultText = target.defaultValue.map(keep)
        column = target.column.kind
        position = target.position
        self.target = index
        self.sources = sources.count..<sources.count + target.sources.count
        sources += target.sources
        source = target.sources.count == 1 ? target.sources[0] : -1
        required = target.required
        isListed = target.column.values != nil
    }
}
