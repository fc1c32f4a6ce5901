import HTTPTypes
import Testing

extension HTTPField.Name {
    /// W3C trace context.
    static let traceparent = name("traceparent")
    /// Seconds after which to come again.
    static let retryAfter = name("Retry-After")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            Issue.record("\(text) is no header name")
            return .trailer
        }
        return name
    }
}
