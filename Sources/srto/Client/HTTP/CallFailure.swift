import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why one attempt of a call did not succeed.
enum CallFailure: Sendable, Equatable {
    /// The server never had the request.
    case unreachable(String)
    /// The request may have been carried out.
    case lost(String)
    /// The server answered, but not with success.
    case answered(ProblemDocument, retryAfter: Duration?)
    /// Trying again cannot help.
    case hopeless(String)

    /// Whether another attempt may help, and does no harm.
    func allowsRetry(ofRepeatable isRepeatable: Bool) -> Bool {
        switch self {
        case .unreachable: true
        case .lost: isRepeatable
        case .answered(let problem, _):
            // 429 and 503 say that nothing was done.
            [429, 503].contains(problem.status) || (isRepeatable && [502, 504].contains(problem.status))
        case .hopeless: false
        }
    }

    /// What went wrong when no answer came.
    init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            self = Self.connecting(error)
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: self = .unreachable("nobody answers")
            case .remoteConnectionClosed, .readTimeout, .writeTimeout, .deadlineExceeded, .uncleanShutdown:
                self = .lost(error.shortDescription.lowercased())
            default: self = .hopeless(error.shortDescription.lowercased())
            }
        case let error as IOError:
            self = Self.system(error)
        case is ChannelError:
            self = .lost("the connection broke")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self = .hopeless("no TLS connection: \(error)")
        default:
            self = .hopeless("\(error)")
        }
    }

    private static func connecting(_ error: NIOConnectionError) -> CallFailure {
        guard let failure = error.connectionErrors.first else {
            return .hopeless("no host is called '\(error.host)'")
        }
        guard let cause = failure.error as? IOError else { return .unreachable("\(failure.error)") }
        return .unreachable(reason(cause))
    }

    private static func system(_ error: IOError) -> CallFailure {
        error.errnoCode == ECONNREFUSED ? .unreachable(reason(error)) : .lost(reason(error))
    }

    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "the connection broke"
        case ENETUNREACH, EHOSTUNREACH: "no way to the host"
        default: "\(error)"
        }
    }

    /// The bare reason.
    var words: String {
        switch self {
        case .unreachable(let why), .lost(let why), .hopeless(let why): why
        case .answered(let problem, _): problem.detail ?? problem.title ?? "HTTP status \(problem.status)"
        }
    }

    /// The failure in words for a person, with what to do.
    func error(at address: ServerAddress) -> ClientError {
        switch self {
        case .unreachable(let why):
            ClientError(
                .unreachable, "cannot reach \(address.origin) (\(why))",
                advice: "start the server with 'srto serve', or give its address with --url or SRTO_URL")
        case .lost(let why):
            ClientError(
                .lost, "no answer from \(address.origin) (\(why))", advice: "see how things stand before trying again")
        case .hopeless(let why):
            ClientError(.unreachable, "cannot talk to \(address.origin) (\(why))", advice: "check --url")
        case .answered(let problem, _):
            problem.error(at: address)
        }
    }
}
