import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// Runs the command of this process's arguments and ends the process: 0 when it did its work, 2 when the command
    /// line is at fault, what the command says otherwise.
    static func runAndExit() async -> Never {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit(withError: nil)
        } catch {
            // ArgumentParser's own code for a wrong command line is sysexits' 64.
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
