import NIOSSL

/// Why TLS with a server does not come about for as long as nobody changes a setting. What is none of these (a connection
/// that is cut during the handshake) may pass by itself.
enum TLSFault: Equatable {
    case untrusted
    case otherHost
    case oldVersion

    /// BoringSSL's reasons are to be had as text only.
    init?(_ error: any Error) {
        if let error = error as? NIOSSLExtraError {
            guard error == .failedToValidateHostname else { return nil }
            self = .otherHost
            return
        }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self = .untrusted
        } else if text.contains("PROTOCOL_VERSION") || text.contains("UNSUPPORTED_PROTOCOL") {
            self = .oldVersion
        } else {
            return nil
        }
    }

    /// What happened and what to do about it.
    func advice(host: String) -> String {
        switch self {
        case .untrusted:
            "The certificate of Redis at \(host) is not trusted: name its authority's file with cacertfile in the URL."
        case .otherHost: "The certificate of Redis is not one for \(host): check the host in the URL."
        case .oldVersion: "Redis at \(host) speaks no TLS from version 1.2 on, and older ones are not spoken here."
        }
    }
}
