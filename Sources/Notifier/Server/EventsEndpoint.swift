import Domain
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Answers `GET /api/events`: refuses it with a problem document, or upgrades it and converses.
struct EventsEndpoint: Sendable {
    let hub: EventHub
    let authenticate: Authenticate
    let authorizer: TopicAuthorizer
    let configuration: NotifierConfiguration
    let admission: SocketAdmission
    let logger: Logger

    /// Serves one request; returns when the connection is at its end.
    func serve(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let upgrade: UpgradeRequest
        let known: Authentication?
        do throws(Problem) {
            upgrade = try UpgradeRequest(request.headers)
            known = try await admit(request, token: upgrade.token)
        } catch {
            let response = try error.response()
            try await writer.write(response: response.head, body: response.body)
            // Ends the connection once the answer is out: the decoder has stopped at the upgrade.
            channel.close(mode: .input, promise: nil)
            return
        }
        let user = await converse(upgrade, known, on: channel)
        admission.leave(user: user)
    }

    /// Takes a place for the socket and, where the request names one, for its user.
    private func admit(_ request: Request, token: String?) async throws(Problem) -> Authentication? {
        guard
            OriginPolicy.allows(
                origin: request.headers[.origin], host: request.head.authority, allowed: configuration.allowedOrigins)
        else {
            throw Problem(
                status: 403, code: .insufficientPermissions, "pages of this origin may not follow events here")
        }
        let known: Authentication? = if let token { try await authenticated(token) } else { nil }
        guard admission.enter() else {
            throw Problem(status: 503, "too many sockets are open; try again in a moment")
        }
        if let user = known?.user.userId, !admission.claim(user: user) {
            admission.leave(user: nil)
            throw Problem(
                status: 429, "you have \(configuration.maxSocketsPerUser) sockets open already: close one first")
        }
        return known
    }

    private func authenticated(_ token: String) async throws(Problem) -> Authentication {
        do {
            let known = try await authenticate(token)
            guard known.expiresAt.map({ $0 > Date.now }) ?? true else {
                throw Problem(status: 401, code: .invalidToken, "the token has come to its end")
            }
            return known
        } catch let problem as Problem {
            throw problem
        } catch let error as RequestError {
            throw Problem(status: error.status, code: error.code, error.message)
        } catch {
            throw Problem(status: 401, code: .invalidToken, "the token is not valid")
        }
    }

    /// - Returns: the user whose place is to be given back.
    private func converse(
        _ upgrade: UpgradeRequest, _ known: Authentication?, on channel: any Channel
    ) async -> String? {
        let socket = Socket(
            channel: channel, maxQueueBytes: configuration.maxQueueBytes, counters: hub.socketCounters)
        do {
            try await WebSocketUpgrade.perform(upgrade, on: channel, socket: socket, configuration: configuration)
        } catch {
            // The peer went away meanwhile, or the server's pipeline is not HTTP/1.1.
            logger.warning("connection not upgraded", metadata: ["error": "\(error)"])
            channel.close(promise: nil)
            return known?.user.userId
        }
        return await withGracefulShutdownHandler {
            var conversation = SocketConversation(socket: socket, endpoint: self, known: known)
            return await conversation.run(known: known)
        } onGracefulShutdown: {
            socket.close(
                .comeBack(.goingAway, "the server shuts down", within: configuration.reconnectSpread))
        }
    }
}
