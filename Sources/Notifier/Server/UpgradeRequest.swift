import Foundation
import Hummingbird

/// A request that asks for a WebSocket, checked against RFC 6455.
struct UpgradeRequest: Sendable, Equatable {
    /// `Sec-WebSocket-Key`.
    let key: String
    /// The bearer token of the header or of the subprotocol; nil when the first frame is to bring it.
    let token: String?
    /// The subprotocol to agree on; nil when the client offers none of ours.
    let subprotocol: String?

    /// The protocol that `README.md` describes.
    static let protocolName = "srto.v1"
    private static let tokenPrefix = "srto.bearer."

    /// Reads the request's headers.
    /// - Throws: a `Problem` that says what is missing.
    init(_ headers: HTTPFields) throws(Problem) {
        guard Self.list(headers[.upgrade]).contains("websocket"),
            Self.list(headers[.connection]).contains("upgrade"), headers[.secWebSocketVersion] == "13"
        else {
            throw Problem(
                status: 426, "events are told over a WebSocket: ask with Upgrade: websocket and version 13 (RFC 6455)")
        }
        guard let key = headers[.secWebSocketKey], Data(base64Encoded: key)?.count == 16 else {
            throw Problem(status: 400, "Sec-WebSocket-Key is not 16 bytes in base64")
        }
        guard headers[.transferEncoding] == nil, headers[.contentLength].map({ $0 == "0" }) ?? true else {
            throw Problem(status: 400, "an upgrade has no body")
        }
        self.key = key
        let offered = (headers[.secWebSocketProtocol] ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let carrier = offered.first { $0.hasPrefix(Self.tokenPrefix) && $0.count > Self.tokenPrefix.count }
        // A browser gives up on a server that agrees to none of the protocols it offered.
        subprotocol = offered.contains(Self.protocolName) ? Self.protocolName : carrier
        if let authorization = headers[.authorization] {
            guard authorization.prefix(7).lowercased() == "bearer ", authorization.count > 7 else {
                throw Problem(status: 401, code: .invalidToken, "Authorization has to be: Bearer <token>")
            }
            token = authorization.dropFirst(7).trimmingCharacters(in: .whitespaces)
        } else {
            token = carrier.map { String($0.dropFirst(Self.tokenPrefix.count)) }
        }
    }

    private static func list(_ value: String?) -> [String] {
        (value ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }
}
