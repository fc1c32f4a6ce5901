import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// The answer to a new session.
struct OpenedAnswer: Decodable {
    var sessionId: String
    var uploadUrls: [String: String]
    var expiresIn: Int
}

extension APIHouse {
    /// Opens a session of the small schema for files of these names and contents, and saves the schema first.
    func open(_ files: [String: String], as user: UserContext = .producer) async throws -> OpenedAnswer {
        try await saveTestSchema()
        let declared = files.sorted { $0.key < $1.key }
            .map { #"{"fileName": "\#($0.key)", "fileSize": \#($0.value.utf8.count)}"# }
        let response = try await send(
            .post, "/api/import/session", as: user,
            body: #"{"schemaId": "tiny", "files": [\#(declared.joined(separator: ", "))]}"#)
        try #require(response.status == .created, "\(String(buffer: response.body))")
        return try JSONDecoder().decode(OpenedAnswer.self, from: Data(response.body.readableBytesView))
    }

    /// Opens a session and uploads its files.
    func openAndUpload(_ files: [String: String], as user: UserContext = .producer) async throws -> OpenedAnswer {
        let opened = try await open(files, as: user)
        for (name, content) in files {
            let response = try await upload(content, to: opened.uploadUrls[name] ?? "")
            try #require(response.status == .ok, "\(String(buffer: response.body))")
        }
        return opened
    }

    /// PUTs a file to a URL of the answer. Such a URL carries its own signature, so no token goes with it.
    func upload(_ content: String, to url: String) async throws -> TestResponse {
        try await send(.put, Self.target(of: url), as: nil, body: content)
    }

    /// POSTs a session's id to a route.
    func post(_ route: String, session id: String, as user: UserContext = .producer) async throws -> TestResponse {
        try await send(.post, route, as: user, body: #"{"sessionId": "\#(id)"}"#)
    }

    /// What stands in a URL after the host: the request's target.
    static func target(of url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        return String(url[scheme.upperBound...].drop { $0 != "/" })
    }
}
