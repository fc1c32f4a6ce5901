import Foundation

/// Standard output for results, standard error for everything said about them.
struct Console: Sendable {
    let outputStyle: TerminalStyle
    let errorStyle: TerminalStyle

    /// The console of this process.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        outputStyle = .of(descriptor: FileHandle.standardOutput.fileDescriptor, environment: environment)
        errorStyle = .of(descriptor: FileHandle.standardError.fileDescriptor, environment: environment)
    }

    /// Writes a line of the result.
    func print(_ line: String) {
        Self.write(line, to: .standardOutput)
    }

    /// Writes lines of the result.
    func print(_ lines: [String]) {
        if !lines.isEmpty { print(lines.joined(separator: "\n")) }
    }

    /// Writes a line about it.
    func error(_ line: String) {
        Self.write(line, to: .standardError)
    }

    private static func write(_ line: String, to handle: FileHandle) {
        // A reader that has gone, as `head` does, wants no more: there is nobody left to tell.
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }
}
