/// The queues as `srto queues --watch` shows them.
enum QueueRates {
    static func table(_ queues: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init("queue"), .init("ready", .right), .init("unacked", .right), .init("consumers", .right),
            .init("in", .right), .init("out", .right), .init("oldest", .right), .init("drained in", .right),
            .init("dead", .right),
        ])
        for queue in queues {
            table.add([
                QueueCells.name(queue), QueueCells.count(queue["ready"]), QueueCells.count(queue["unacked"]),
                QueueCells.count(queue["consumers"]), QueueCells.rate(queue["inPerSecond"]),
                QueueCells.rate(queue["outPerSecond"]), QueueCells.age(queue["oldestSeconds"]),
                QueueCells.drain(queue), QueueCells.count(queue["dead"]),
            ])
        }
        return table
    }
}
