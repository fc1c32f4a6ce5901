/// What the room throws: a code for the program, a message for the person who sent the file.
public struct TabularError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure, for programs to branch on.
    public enum Code: String, Hashable, Sendable {
        /// The bytes are not gzip, or their checksum does not match.
        case gzipCorrupt
        /// The gzip data ends before its trailer.
        case gzipTruncated
        /// The data would inflate to more than the caller allows.
        case gzipTooLarge
        /// zlib could not start or go on: a level out of range, or no memory.
        case gzipUnavailable
        /// The zip archive contradicts itself or ends early, or a member's checksum does not match.
        case zipCorrupt
        /// The archive or its member is larger than the caller allows.
        case zipTooLarge
        /// Encrypted, of many parts, or compressed in a way that is not read here.
        case zipUnsupported
        /// The archive holds no such member.
        case zipMemberMissing
        /// The workbook's XML is not well formed, or lacks what a workbook has.
        case workbookCorrupt
        /// The workbook holds more than the caller allows.
        case workbookTooLarge
        /// The workbook has no such sheet.
        case workbookSheetMissing
    }

    /// What went wrong, for programs.
    public let code: Code
    /// A sentence that a person can act on.
    public let message: String
    /// What the library beneath itself said, where it said anything.
    public let cause: String?

    /// An error with what the library said as `cause`, where it said anything.
    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Code, message and cause in one line.
    public var description: String {
        cause.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }
}
