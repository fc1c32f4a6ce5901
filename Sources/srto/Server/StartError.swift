import AMQP
import Foundation
import NIOCore
import NIOPosix
import Redis

/// Why the server does not start: one sentence for the person who started it.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A server that this one stands on does not answer, or not as it should.
    init(notReached server: String, at address: String, _ error: any Error, setting: String) {
        self.init(
            "\(server) at \(address) is not reached: \(Self.reason(error)). Check that it runs and that \(setting) is "
                + "right; `srto doctor` checks everything.")
    }

    /// The innermost reason, in few words.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as AMQPError:
            return error.cause.map(reason) ?? sentence(error.message)
        case let error as RedisError where error.code == .refusedTLS:
            // What lies beneath is OpenSSL's own words.
            return sentence(error.message)
        case let error as RedisError:
            return error.cause.map(reason) ?? sentence(error.message)
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { reason($0.error) } ?? "no host is called \(error.host)"
        case let error as IOError:
            return String(cString: strerror(error.errnoCode)).lowercased()
        default:
            return "\(error)"
        }
    }

    private static func sentence(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
