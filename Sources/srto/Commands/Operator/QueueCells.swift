/// What of a queue stands in a cell of a table.
enum QueueCells {
    static func name(_ queue: JSONValue) -> String {
        (queue["name"]?.cell ?? "") + (queue["paused"] == .bool(true) ? " (paused)" : "")
    }

    static func count(_ value: JSONValue?) -> String { value?.wholeNumber.map(\.grouped) ?? "-" }

    /// A number of seconds; a dash for none.
    static func age(_ value: JSONValue?) -> String { number(value).map { Duration.seconds($0).brief } ?? "-" }

    static func rate(_ value: JSONValue?) -> String { number(value).map { "\($0.tenths)/s" } ?? "-" }

    /// When what waits will be done: a dash where nothing waits or nothing is known, `never` while it grows.
    static func drain(_ queue: JSONValue) -> String {
        queue["growing"] == .bool(true) ? "never" : age(queue["drainSeconds"])
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number)?: Double(number)
        case .number(let number)?: number
        default: nil
        }
    }
}
