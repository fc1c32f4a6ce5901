/// What of a queue stands in a cell of a table.
enum QueueCells {
    static func name(_ queue: JSONValue) -> String {
        (queue["name"]?.cell ?? "") + (queue["paused"] == .bool(true) ? " (paused)" : "")
    }

    static func count(_ value: JSONValue?) -> String { value?.wholeNumber.map(\.grouped) ?? "-" }

    /// A number of seconds; a dash for none.
    static func age(_ value: JSONValue?) -> String { number(value).map { Duration.seconds($0).brief } ?? "-" }

    static func rate(_ value: JSONValue?) -> String { number(value).map { "\($0.tenths)/s" } ?? "-" }

    /// When nothing will wait any more: a dash where nothing does, `never` where as much comes as goes.
    static func drain(_ queue: JSONValue) -> String {
        if queue["drainSeconds"].flatMap(number) != nil { return age(queue["drainSeconds"]) }
        let waiting = (queue["ready"]?.wholeNumber ?? 0) + (queue["unacked"]?.wholeNumber ?? 0)
        return waiting > 0 ? "never" : "-"
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number)?: Double(number)
        case .number(let number)?: number
        default: nil
        }
    }
}
