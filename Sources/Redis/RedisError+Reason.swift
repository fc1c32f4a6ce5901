import FoundationEssentials
import NIOCore
import NIOPosix

extension RedisError {
    /// The innermost reason in few words, for a sentence that lists several.
    var innermostReason: String {
        switch cause {
        // What lies beneath is OpenSSL's own words.
        case _ where code == .refusedTLS: message
        case let error as RedisError: error.innermostReason
        case let error as RedisServerError: error.message
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { RedisError(.notConnected, "", cause: $0.error).innermostReason }
                ?? "no host is called \(error.host)"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout?: "no connection in time"
        case let error?: "\(error)"
        case nil: message
        }
    }
}
