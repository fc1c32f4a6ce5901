import ArgumentParser
import Domain
import Foundation
import HTTPAPI

/// `srto token`: makes a token signed with the local secret.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make an access token, signed with this server's local secret.")
    @OptionGroup var options: SettingsOptions
    @Option(help: "User id, the token's subject.") var user = "admin"
    @Option(help: "ADMIN, GT_PLANNER, MT_PLANNER or DT_USER.") var role = "ADMIN"
    @Option(
        name: .customLong("assign"), parsing: .singleValue,
        help: "TERRITORY:LEVEL:PERMISSION[+PERMISSION…], as in US:COUNTRY:VIEW_TERRITORY+IMPORT_DATA. May be repeated.")
    var assignments: [String] = []
    @Option(help: "Hours until it expires; the settings' token lifetime when not given.") var hours: Int?

    func run() async throws {
        let settings = try await options.load()
        guard let role = Role(rawValue: role.uppercased()) else {
            throw ValidationError("there is no role \(role): choose ADMIN, GT_PLANNER, MT_PLANNER or DT_USER.")
        }
        let hours = hours ?? settings.tokenLifetimeHours
        guard (1...87_600).contains(hours) else { throw ValidationError("--hours must be 1 to 87600.") }
        let user = UserContext(
            userId: user, role: role, assignments: try assignments.map(Self.assignment))
        let secret = try ServerSecret(path: settings.secretPath)
        let authority = try await TokenAuthority(secret: secret.key(for: "tokens"))
        print(try await authority.make(user: user, lifetime: .seconds(hours * 3600)))
    }

    private static func assignment(_ text: String) throws -> UserContext.Assignment {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3, let level = HierarchyLevel(rawValue: parts[1]) else {
            throw ValidationError("\"\(text)\" is no assignment: write TERRITORY:LEVEL:PERMISSION[+PERMISSION…].")
        }
        let permissions = try parts[2].split(separator: "+").map { name in
            guard let permission = Permission(rawValue: String(name)) else {
                throw ValidationError(
                    "there is no permission \(name): "
                        + Permission.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            return permission
        }
        return UserContext.Assignment(territoryId: parts[0], level: level, permissions: permissions)
    }
}
