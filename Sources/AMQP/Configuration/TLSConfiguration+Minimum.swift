import NIOSSL

extension TLSConfiguration {
    /// The same, with TLS 1.2 as the oldest version that is spoken: what is older is deprecated (RFC 8996), and NIOSSL
    /// allows it unless told otherwise. The room Redis says the same for itself: rooms of floor 1 share nothing.
    var refusingOldVersions: TLSConfiguration {
        var configuration = self
        switch minimumTLSVersion {
        case .tlsv1, .tlsv11: configuration.minimumTLSVersion = .tlsv12
        default: break
        }
        return configuration
    }
}
