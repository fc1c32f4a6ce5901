package import Foundation

/// How an upload in parts stands.
package struct PartialUpload: Sendable, Equatable {
    /// Bytes that have arrived and will not be asked for again.
    package var offset: Int64
    /// Bytes that the file was declared with.
    package var length: Int64
    /// Until when its URL holds.
    package var expires: Date
}

/// What a URL for an upload in parts claims.
package struct PartialUploadClaim: Sendable {
    package var sessionID: String
    /// Position of the file in the session.
    package var file: Int
    /// Seconds since 1970.
    package var expires: Int64
    package var signature: String

    package init(sessionID: String, file: Int, expires: Int64, signature: String) {
        self.sessionID = sessionID
        self.file = file
        self.expires = expires
        self.signature = signature
    }
}
