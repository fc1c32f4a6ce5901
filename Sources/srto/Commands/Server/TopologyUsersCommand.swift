import ArgumentParser
import Foundation
import Jobs

/// `srto topology users`: an account of the broker for each role, with the rights that the role needs.
struct TopologyUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Make one RabbitMQ account a role, each with new passwords and least rights.",
        discussion: """
            Needs SRTO_RABBITMQ_MANAGEMENT_URL with an administrator's account. Prints SRTO_AMQP_URL for the processes of \
            each role: what is printed is shown this once, and running it again makes new passwords.
            """)

    @Flag(help: "Print one JSON object: role by role its SRTO_AMQP_URL.") var json = false
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.load()
        let users = try Self.users(beside: settings.topology)
        guard let address = settings.amqpURL.flatMap(URLComponents.init(string:)) else {
            throw StartError("SRTO_AMQP_URL is not set: its host, port and virtual host are those of the new accounts.")
        }
        let (accounts, failure) = try await TopologyCommand.withBroker(settings) { broker in
            guard let management = broker.management else {
                throw StartError(
                    "SRTO_RABBITMQ_MANAGEMENT_URL is not set: only the management API makes accounts "
                        + "(http://user:password@host:15672).")
            }
            var accounts: [(user: BrokerUser, url: String)] = []
            for user in users {
                let password = Self.password()
                // What was made before a failure is printed: its old password is gone.
                do { try await management.put(user, password: password) } catch {
                    return (accounts, error as (any Error)?)
                }
                var url = address
                (url.user, url.password) = (user.name, password)
                accounts.append((user, url.string ?? ""))
            }
            return (accounts, nil)
        }
        if json {
            let urls = accounts.flatMap { account in account.user.roles.map { ($0, JSONValue.string(account.url)) } }
            print(try JSONValue.object(Dictionary(urls) { $1 }).text(pretty: true))
        } else {
            for (user, url) in accounts {
                print("# srto serve --roles \(user.roles.joined(separator: ","))\nSRTO_AMQP_URL=\(url)")
            }
        }
        if let failure { throw failure }
    }

    private static func users(beside topology: URL) throws -> [BrokerUser] {
        let file = topology.deletingLastPathComponent().appending(path: "users.json")
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw StartError("the accounts \(file.path) cannot be read: they stand beside SRTO_TOPOLOGY.")
        }
        do {
            return try BrokerUser.list(json: data)
        } catch {
            throw StartError("the accounts \(file.path): \(error)")
        }
    }

    /// 24 random bytes in hexadecimal.
    private static func password() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<3).map { _ in
            let part = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - part.count) + part
        }.joined()
    }
}
