import Foundation
import NIOCore
import NIOWebSocket
import Notifier

/// Follows topics over a WebSocket, and over the next one when it breaks.
struct EventFollower: Sendable {
    let address: ServerAddress
    let token: String
    let topics: [String]
    /// How long the server may be away before the follower gives up; nil for ever, once it was there.
    let patience: Duration?
    var silenceLimit = EventSocket.silenceLimit

    /// How long to wait for a server that was never there, when `patience` has no end.
    private static let firstPatience = Duration.seconds(4)

    /// Tells `handle` what is heard, one after the other, until it says stop.
    /// - Throws: `ClientError` when the server does not come back, does not want this client, or `handle` throws.
    func run(_ handle: (FollowerNotice) async throws(ClientError) -> FollowerStep) async throws(ClientError) {
        var topics = FollowedTopics(topics)
        var backOff = BackOff()
        var wasThere = false
        var awaySince = ContinuousClock.now
        while true {
            let end = await converse(&topics, handle) {
                wasThere = true
                backOff.reset()
            }
            if Task.isCancelled { throw ClientError.interrupted }
            let pause: Duration
            let failure: CallFailure
            switch end {
            case .stopped: return
            case .failed(let error): throw error
            case .broken(let reason, let advised, let wasOpen):
                if wasOpen { awaySince = .now }
                failure = reason
                pause = advised ?? backOff.next()
            }
            let limit = patience ?? (wasThere ? nil : Self.firstPatience)
            if let limit, ContinuousClock.now + pause - awaySince > limit { throw failure.error(at: address) }
            if wasThere, case .stop = try await handle(.lost(reason: failure.words, pause: pause)) { return }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw ClientError.interrupted
            }
        }
    }

    /// How a connection ended.
    private enum End {
        case stopped
        case failed(ClientError)
        case broken(CallFailure, advised: Duration?, wasOpen: Bool)
    }

    private func converse(
        _ topics: inout FollowedTopics, _ handle: (FollowerNotice) async throws(ClientError) -> FollowerStep,
        welcomed: () -> Void
    ) async -> End {
        var isOpen = false
        var isStopped = false
        do {
            switch try await EventSocket.connect(address, token: token, silenceLimit: silenceLimit) {
            case .refused(let problem):
                let failure = CallFailure.answered(problem, retryAfter: nil)
                guard [429, 502, 503, 504].contains(problem.status) else { return .failed(failure.error(at: address)) }
                return .broken(failure, advised: nil, wasOpen: false)
            case .open(let connection):
                return try await connection.executeThenClose { inbound, outbound in
                    for try await frame in inbound {
                        switch try await answer(frame, outbound) {
                        case .text(let data):
                            let notices = try await take(data, &topics, outbound) {
                                isOpen = true
                                welcomed()
                            }
                            for notice in notices {
                                guard case .goOn = try await handle(notice) else {
                                    isStopped = true
                                    try await outbound.write(.closing(.normalClosure))
                                    return .stopped
                                }
                            }
                        case .closed(let closing):
                            return closing.end(address, wasOpen: isOpen)
                        case .nothing:
                            break
                        }
                    }
                    return .broken(.lost("the connection broke"), advised: nil, wasOpen: isOpen)
                }
            }
        } catch _ where isStopped {
            // The goodbye is a courtesy: a server that is gone already cannot unsay what was heard.
            return .stopped
        } catch let error as ClientError {
            return .failed(error)
        } catch let error as SilentPeer {
            return .broken(.lost(error.description), advised: nil, wasOpen: isOpen)
        } catch {
            switch CallFailure(error) {
            case .hopeless where isOpen: return .broken(.lost("\(error)"), advised: nil, wasOpen: true)
            case .hopeless(let why): return .failed(CallFailure.hopeless(why).error(at: address))
            case let failure: return .broken(failure, advised: nil, wasOpen: isOpen)
            }
        }
    }

    private func take(
        _ data: Data, _ topics: inout FollowedTopics, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
        welcomed: () -> Void
    ) async throws -> [FollowerNotice] {
        let frame: ServerFrame
        do {
            frame = try ServerFrame(json: data)
        } catch {
            // A newer server may say more than this client knows.
            return [.warning(error.message)]
        }
        if case .welcome = frame {
            welcomed()
            try await outbound.write(.masked(.text, topics.subscription.json()))
        }
        return topics.receive(frame)
    }

    private enum Heard {
        case text(Data)
        case closed(Closing)
        case nothing
    }

    /// Answers what the protocol wants answered at once.
    private func answer(
        _ frame: WebSocketFrame, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws -> Heard {
        switch frame.opcode {
        case .text:
            return .text(Data(frame.unmaskedData.readableBytesView))
        case .ping:
            try await outbound.write(.masked(.pong, Data(frame.unmaskedData.readableBytesView)))
            return .nothing
        case .connectionClose:
            let closing = Closing(frame.unmaskedData)
            // The answer is a courtesy: a peer that is gone already must not hide why it went.
            try? await outbound.write(.closing(WebSocketErrorCode(codeNumber: Int(closing.code ?? 1000))))
            return .closed(closing)
        default:
            return .nothing
        }
    }

    /// What a close frame says.
    private struct Closing {
        var code: UInt16?
        var reason: String

        init(_ data: ByteBuffer) {
            var data = data
            code = data.readInteger()
            reason = data.readString(length: data.readableBytes) ?? ""
        }

        func end(_ address: ServerAddress, wasOpen: Bool) -> End {
            guard let code, let known = CloseCode(rawValue: code), !known.isReconnectable, known != .normal else {
                let words = reason.isEmpty ? "the server closed the connection" : reason
                return .broken(.lost(words), advised: SocketClose.adviceToReconnect(in: reason), wasOpen: wasOpen)
            }
            let advice =
                switch known {
                case .notAuthenticated: ClientError.tokenAdvice
                case .tooManySockets: "end another 'srto watch' first"
                default: "check that server and client are of one version"
                }
            let words = reason.isEmpty ? "code \(code)" : "\(reason) (code \(code))"
            return .failed(
                ClientError(.refused(status: Int(code)), "the server ended the connection: \(words)", advice: advice))
        }
    }
}

extension WebSocketFrame {
    /// A client's frames are masked (RFC 6455, section 5.3).
    static func masked(_ opcode: WebSocketOpcode, _ data: Data) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: data))
    }

    static func closing(_ code: WebSocketErrorCode) -> WebSocketFrame {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        return WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
    }
}
