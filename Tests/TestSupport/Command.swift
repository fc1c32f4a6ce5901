package import Foundation

/// How a command ended.
package struct CommandOutcome: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
}

/// Runs commands as a user does.
package enum Command {
    /// Runs to the end.
    package static func run(
        _ binary: URL, _ arguments: [String], environment: [String: String]
    ) async throws -> CommandOutcome {
        let command = prepared(binary, arguments, environment)
        let output = Pipe()
        let errors = Pipe()
        command.standardOutput = output
        command.standardError = errors
        try command.run()
        async let said = read(output)
        async let complained = read(errors)
        let (text, complaint) = await (said, complained)
        return CommandOutcome(status: await exit(of: command), output: text, errors: complaint)
    }

    /// Runs until a line of the output is the last one wanted, then ends the command.
    static func follow(
        _ binary: URL, _ arguments: [String], environment: [String: String],
        until isLast: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        let command = prepared(binary, arguments, environment)
        let output = Pipe()
        command.standardOutput = output
        try command.run()
        let lines = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: readLines(output, until: isLast))
            }
        }
        command.terminate()
        _ = await exit(of: command)
        return lines
    }

    static func exit(of process: Process) async -> Int32 {
        let waiting = WaitingProcess(process: process)
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                waiting.process.waitUntilExit()
                continuation.resume(returning: waiting.process.terminationStatus)
            }
        }
    }

    private static func prepared(
        _ binary: URL, _ arguments: [String], _ environment: [String: String]
    ) -> Process {
        let command = Process()
        command.executableURL = binary
        command.arguments = arguments
        command.environment = environment
        command.standardInput = FileHandle.nullDevice
        return command
    }

    private static func read(_ pipe: Pipe) async -> String {
        let handle = pipe.fileHandleForReading
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }

    private static func readLines(_ pipe: Pipe, until isLast: (String) -> Bool) -> [String] {
        var lines: [String] = []
        var rest = Data()
        while case let piece = pipe.fileHandleForReading.availableData, !piece.isEmpty {
            rest += piece
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest.removeSubrange(rest.startIndex...end)
                lines.append(line)
                if isLast(line) { return lines }
            }
        }
        return lines
    }
}

// SAFETY: waitUntilExit and terminationStatus are used by the one thread that waits.
private struct WaitingProcess: @unchecked Sendable { let process: Process }
