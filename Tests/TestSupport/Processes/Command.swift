package import Foundation
import Subprocess
import SystemPackage

/// How a command ended.
package struct CommandOutcome: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
}

/// Runs commands as a user does; one whose test is cancelled is killed.
package enum Command {
    /// Runs to the end.
    package static func run(
        _ binary: URL, _ arguments: [String], environment: [String: String]
    ) async throws -> CommandOutcome {
        let result = try await Subprocess.run(
            .path(FilePath(binary.path)), arguments: Arguments(arguments), environment: passed(environment),
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 24))
        return CommandOutcome(
            status: code(result.terminationStatus), output: result.standardOutput, errors: result.standardError)
    }

    /// Runs until a line of the output is the last one wanted, then ends the command.
    static func follow(
        _ binary: URL, _ arguments: [String], environment: [String: String],
        until isLast: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        let result = try await Subprocess.run(
            .path(FilePath(binary.path)), arguments: Arguments(arguments), environment: passed(environment),
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            var lines: [String] = []
            for try await line in execution.standardOutput.strings() {
                lines.append(line)
                if isLast(line) { break }
            }
            try execution.send(signal: .terminate)
            return lines
        }
        return result.closureResult
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

    private static func passed(_ environment: [String: String]) -> Environment {
        .custom(
            Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }

    private static func code(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code), .signaled(let code): code
        }
    }
}

// SAFETY: waitUntilExit and terminationStatus are used by the one thread that waits.
private struct WaitingProcess: @unchecked Sendable { let process: Process }
