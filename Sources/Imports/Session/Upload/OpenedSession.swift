package import Domain

/// A file that a producer means to upload.
package struct DeclaredFile: Sendable, Equatable {
    package var name: String
    /// Bytes.
    package var size: Int64
    /// How it is to be read, as far as the producer says.
    package var format: FileFormat?

    package init(name: String, size: Int64, format: FileFormat? = nil) {
        self.name = name
        self.size = size
        self.format = format
    }
}

/// A session ready for its uploads.
package struct OpenedSession: Sendable {
    package let sessionId: String
    /// Path and query to PUT each file to, by file name.
    package let uploadUrls: [String: String]
    /// Path and query to upload each file in parts, by file name.
    package let resumableUrls: [String: String]
    /// Seconds for which the upload URLs hold.
    package let expiresIn: Int
}

/// A finished upload.
package struct UploadedFile: Sendable {
    package let fileName: String
    /// Bytes.
    package let size: Int64
    /// Hexadecimal.
    package let sha256: String
}
