import Foundation
import NIOCore

@testable import Notifier

/// A sink that a test reads; frames come as a client would read them.
final class MailboxSink: EventSink {
    enum Item: Sendable, Equatable {
        case frame(ServerFrame)
        case close(SocketClose)
    }

    let mailbox = Mailbox<Item>()
    let queuedBytes = 0

    func send(_ frame: ServerFrame) { mailbox.put(.frame(frame)) }

    func offer(_ event: EncodedEvent) {
        do {
            mailbox.put(.frame(try ServerFrame(json: Data(event.whole.readableBytesView))))
        } catch {
            mailbox.put(.close(SocketClose(.protocolError, "\(error)")))
        }
    }

    func close(_ close: SocketClose) { mailbox.put(.close(close)) }

    func subscribed() async throws -> ServerFrame.Subscribed {
        let item = try await mailbox.next()
        guard case .frame(.subscribed(let subscribed)) = item else { throw Unexpected(item: item) }
        return subscribed
    }

    func event() async throws -> ServerFrame.Event {
        let item = try await mailbox.next()
        guard case .frame(.event(let event)) = item else { throw Unexpected(item: item) }
        return event
    }

    struct Unexpected: Error {
        let item: Item
    }
}
