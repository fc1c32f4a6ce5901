import ArgumentParser
import Foundation

/// Which server a command talks to, and as whom.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of the server. (default: $SRTO_URL, else \(ServerAddress.fallback))")
    var url: String?

    @Option(help: "Token to show it, as 'srto token' makes them. (default: $SRTO_TOKEN)")
    var token: String?

    /// How long a command other than an import waits for a server that is restarting.
    private static let patience = Duration.seconds(4)

    /// Where to go, and with which token: the option, else the environment.
    func resolved(_ environment: [String: String]) throws(ClientError) -> (address: ServerAddress, token: String) {
        func given(_ option: String?, _ name: String) -> String? {
            [option, environment[name]].lazy.compactMap { $0 }.first { !$0.isEmpty }
        }
        let address = try ServerAddress(given(url, "SRTO_URL") ?? ServerAddress.fallback)
        guard let token = given(token, "SRTO_TOKEN") else {
            throw ClientError(.usage, "no token is set", advice: ClientError.tokenAdvice)
        }
        guard token.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
            throw ClientError(.usage, "the token holds characters that no token has", advice: ClientError.tokenAdvice)
        }
        return (address, token)
    }

    /// Does a command's work, and turns what goes wrong into one line and exit code 1.
    func run(
        patience: Duration = Self.patience, _ body: (ServerAPI, Console) async throws -> Void
    ) async throws {
        let console = Console()
        do {
            let (address, token) = try resolved(ProcessInfo.processInfo.environment)
            try await ServerAPI.with(address, token: token, patience: patience) { api in
                try await body(api, console)
            }
        } catch let error as ClientError where error.code == .outputClosed {
            return
        } catch let error as ClientError {
            console.error("srto: \(error)")
            throw ExitCode(error.code == .interrupted ? 130 : 1)
        }
    }
}

/// Whether a command's result is for a person or for a program.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false
}
