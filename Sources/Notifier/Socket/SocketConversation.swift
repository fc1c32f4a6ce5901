import Domain
import Foundation
import Logging
import NIOCore

/// Carries out what one client asks for, frame by frame, until its channel is closed.
struct SocketConversation {
    let socket: Socket
    let hub: EventHub
    let authenticate: Authenticate
    let authorizer: TopicAuthorizer
    let admission: SocketAdmission
    let configuration: NotifierConfiguration
    let logger: Logger

    private var session: SocketSession
    private let id: SocketID

    /// - Parameter known: who the upgrade's token named; nil when it carried none.
    init(
        socket: Socket, endpoint: EventsEndpoint, known: Authentication?
    ) {
        self.socket = socket
        hub = endpoint.hub
        authenticate = endpoint.authenticate
        authorizer = endpoint.authorizer
        admission = endpoint.admission
        configuration = endpoint.configuration
        logger = endpoint.logger
        session = SocketSession(configuration: configuration, user: known?.user)
        id = hub.connect(socket)
    }

    /// Converses until the channel is closed.
    /// - Returns: the user whose place is to be given back; nil when nobody was named.
    mutating func run(known: Authentication?) async -> String? {
        if let known {
            welcome(known)
        } else {
            socket.setDeadline(
                .now() + TimeAmount(configuration.authenticationDeadline),
                SocketClose(.notAuthenticated, "no token came in time"))
        }
        for await text in socket.inbox {
            for step in session.receive(Data(text.readableBytesView), at: .now) {
                await carryOut(step)
            }
            socket.dealtWithMessage()
        }
        hub.disconnect(id)
        return session.user?.userId
    }

    private mutating func carryOut(_ step: SocketSession.Step) async {
        switch step {
        case .answer(let frame): socket.send(frame)
        case .close(let close): socket.close(close)
        case .unsubscribe(let topics): for topic in topics { hub.unsubscribe(id, from: topic) }
        case .authenticate(let token): await authenticate(with: token)
        case .subscribe(let topics, let position): await subscribe(to: topics, position)
        }
    }

    private mutating func authenticate(with token: String) async {
        let shown: Authentication
        do {
            shown = try await authenticate(token)
        } catch let error as RequestError where error.status >= 500 {
            socket.send(.error(ServerFrame.Failure(code: error.code, message: error.message)))
            return
        } catch {
            refuse((error as? RequestError)?.message ?? "the token is not valid")
            return
        }
        if let user = session.user {
            guard user.userId == shown.user.userId else { return refuse("the token names another user") }
            session.user = shown.user
            welcome(shown)
            await authorizeAgain()
        } else {
            guard admission.claim(user: shown.user.userId) else {
                socket.close(
                    SocketClose(.tooManySockets, "\(configuration.maxSocketsPerUser) sockets are open already"))
                return
            }
            session.user = shown.user
            welcome(shown)
        }
    }

    private func refuse(_ message: String) {
        socket.send(.error(ServerFrame.Failure(code: .invalidToken, message: message)))
        socket.close(SocketClose(.notAuthenticated, message))
    }

    private func welcome(_ known: Authentication) {
        let seconds = Int(configuration.heartbeat / .seconds(1))
        socket.send(
            .welcome(
                ServerFrame.Welcome(user: known.user.userId, log: hub.log, heartbeatSeconds: max(1, seconds))))
        // A token without an end, or one that ends after the machine, needs no deadline.
        let left = known.expiresAt.map { $0.timeIntervalSinceNow } ?? .infinity
        let deadline = left < 1e9 ? NIODeadline.now() + .milliseconds(Int64(max(0, left) * 1000)) : nil
        socket.setDeadline(
            deadline, SocketClose(.notAuthenticated, "the token has come to its end: connect with a fresh one"))
    }

    private mutating func subscribe(to topics: [Topic], _ position: ClientPosition?) async {
        guard let user = session.user else { return }
        do {
            let allowed = try await authorizer.allowed(topics, for: user)
            for topic in topics where !allowed.contains(topic) { forbid(topic) }
            let following = topics.filter(allowed.contains)
            if !following.isEmpty { try await hub.subscribe(id, to: following, position: position) }
        } catch {
            logger.warning("topics not subscribed", metadata: ["error": "\(error)"])
            for topic in topics where session.topics.contains(topic) {
                hub.unsubscribe(id, from: topic)
                session.drop(topic)
                socket.send(
                    .error(
                        ServerFrame.Failure(
                            message: "the topic cannot be read just now: subscribe again in a moment",
                            topic: topic.description)))
            }
        }
    }

    /// A fresh token may carry fewer rights than the last.
    private mutating func authorizeAgain() async {
        guard let user = session.user, !session.topics.isEmpty else { return }
        do {
            let allowed = try await authorizer.allowed(Array(session.topics), for: user)
            for topic in session.topics.subtracting(allowed) { forbid(topic) }
        } catch {
            logger.warning("rights not checked again", metadata: ["error": "\(error)"])
            socket.close(
                .comeBack(.silent, "your rights cannot be checked just now", within: configuration.reconnectSpread))
        }
    }

    private mutating func forbid(_ topic: Topic) {
        hub.unsubscribe(id, from: topic)
        session.drop(topic)
        socket.send(
            .error(
                ServerFrame.Failure(
                    code: .insufficientPermissions, message: "you may not follow \(topic)",
                    topic: topic.description)))
    }
}
