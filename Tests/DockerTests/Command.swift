import Foundation
import Subprocess
import SystemPackage

/// A command as a container runs it, run natively.
struct Command: Sendable {
    var words: [String]
    /// Nothing else is passed on.
    var environment: [String: String]
    var folder: URL

    /// How it ended, and what it printed.
    struct Outcome {
        let status: TerminationStatus
        let text: String
    }

    /// Runs it to its end.
    func run() async throws -> Outcome {
        let result = try await Subprocess.run(
            executable, arguments: Arguments(Array(words.dropFirst())), environment: passed,
            workingDirectory: FilePath(folder.path), output: .string(limit: 4 << 20), error: .combinedWithOutput)
        return Outcome(status: result.terminationStatus, text: result.standardOutput)
    }

    /// Runs it beside `body`, then stops it as the engine does: SIGTERM, and SIGKILL when the grace period is over.
    func run(gracePeriod: Duration, beside body: () async throws -> Void) async throws -> Outcome {
        let result = try await Subprocess.run(
            executable, arguments: Arguments(Array(words.dropFirst())), environment: passed,
            workingDirectory: FilePath(folder.path), input: .none, output: .string(limit: 4 << 20),
            error: .combinedWithOutput
        ) { execution in
            var failure: (any Error)?
            do { try await body() } catch { failure = error }
            await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: gracePeriod)])
            return failure.map { "\($0)" }
        }
        let text = result.standardOutput
        if let failure = result.closureResult { throw ComposeError(description: "\(failure)\n\(text)") }
        return Outcome(status: result.terminationStatus, text: text)
    }

    private var executable: Executable {
        let word = words.first ?? ""
        return word.contains("/") ? .path(FilePath(word)) : .name(word)
    }

    private var passed: Environment {
        .custom(
            Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }
}
