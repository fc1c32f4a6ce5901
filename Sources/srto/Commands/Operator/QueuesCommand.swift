import ArgumentParser

/// `srto queues`: how full every queue is.
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Show every queue: waiting, being worked on, consumers, oldest, dead.")

    @Flag(help: "Show it again every second until Ctrl-C, with rates and the time until nothing waits.")
    var watch = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.run { api, console in
            guard watch else { return try show(try await api.queues(), console) }
            _ = try await Interruption.guarding {
                while true {
                    let queues = try await api.queues()
                    // A terminal shows it in place; a file, or a program, gets one after the other.
                    if console.outputStyle.isInteractive, !output.json { console.print(Self.home) }
                    try show(queues, console)
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// Clears a terminal and begins at its top.
    private static let home = "\u{1B}[2J\u{1B}[H"

    private func show(_ queues: [JSONValue], _ console: Console) throws {
        if output.json {
            // One line for each look, so that a program can tell them apart.
            console.print(try JSONValue.array(queues.map(Self.complete)).text(pretty: !watch))
        } else {
            let table = watch ? QueueRates.table(queues) : Self.table(queues)
            console.print(table.lines(console.outputStyle))
            for note in Set(queues.compactMap { $0["note"]?.cell }).sorted() { console.error(note.printable) }
        }
    }

    /// A queue with `oldestSeconds` in any case, so that a program finds every field.
    static func complete(_ queue: JSONValue) -> JSONValue {
        guard case .object(var members) = queue else { return queue }
        members["oldestSeconds"] = members["oldestSeconds"] ?? .null
        return .object(members)
    }

    static func table(_ queues: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init("queue"), .init("ready", .right), .init("unacked", .right), .init("consumers", .right),
            .init("oldest", .right), .init("dead", .right),
        ])
        for queue in queues {
            table.add([
                QueueCells.name(queue), QueueCells.count(queue["ready"]), QueueCells.count(queue["unacked"]),
                QueueCells.count(queue["consumers"]), QueueCells.age(queue["oldestSeconds"]),
                QueueCells.count(queue["dead"]),
            ])
        }
        return table
    }
}
