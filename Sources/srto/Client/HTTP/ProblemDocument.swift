import Foundation

/// An answer that is not success: an RFC 9457 document, or what can be said of an answer that carries none.
struct ProblemDocument: Sendable, Equatable {
    let status: Int
    let title: String?
    let detail: String?
    /// The specification's error code.
    let code: String?

    private struct Wire: Decodable {
        var title: String?
        var detail: String?
        var code: String?
    }

    /// - Parameter body: what came with the status; anything but a problem document is passed over.
    init(status: Int, body: Data) {
        self.status = status
        // An answer of a proxy is no problem document: its status has to do.
        let wire = try? JSONDecoder().decode(Wire.self, from: body)
        title = wire?.title
        detail = wire?.detail
        code = wire?.code
    }

    /// Detail, or title, with the code.
    private var words: String? {
        guard let text = detail ?? title else { return nil }
        return code.map { "\(text) [\($0)]" } ?? text
    }

    /// The answer in words for a person.
    func error(at address: ServerAddress) -> ClientError {
        let said = words ?? "HTTP status \(status)"
        let fault = ClientError.Code.refused(status: status)
        return switch status {
        case 401:
            ClientError(fault, "the server does not accept the token: \(said)", advice: ClientError.tokenAdvice)
        case 403:
            ClientError(
                fault, "not allowed: \(said)", advice: "ask with a token whose role or assignments allow it")
        case 404 where words == nil:
            ClientError(fault, "\(address.origin) does not know this request", advice: "check --url")
        case 429:
            ClientError(fault, "too many requests: \(said)", advice: "try again in a moment")
        case 502, 503, 504:
            ClientError(
                fault, "the server cannot work at the moment: \(said)", advice: "try again, or run 'srto doctor'")
        case 500...:
            ClientError(fault, "the server failed: \(said)", advice: "its log says more")
        default:
            ClientError(fault, said)
        }
    }
}
