/// How a file's characters are written.
public enum TextEncoding: String, Hashable, Sendable, Codable, CaseIterable {
    case utf8
    /// UTF-8 behind a byte order mark.
    case utf8WithByteOrderMark
    case utf16LittleEndian
    case utf16BigEndian
    /// One byte per character, none of them between 0x80 and 0x9F: Latin-1 and Windows-1252 agree on these.
    case latin1
    /// One byte per character: the Windows code page of western Europe and America.
    case windows1252
    /// One byte per character: the code page of MS-DOS and of the programs that outlived it.
    case codePage437
    /// Not text.
    case binary

    /// What to turn into UTF-8 before reading; nil for UTF-8 and for what is no text.
    public var transcodingSource: UTF8Transcoder.Source? {
        switch self {
        case .latin1, .windows1252: .windows1252
        case .codePage437: .codePage437
        case .utf16LittleEndian: .utf16LittleEndian
        case .utf16BigEndian: .utf16BigEndian
        case .utf8, .utf8WithByteOrderMark, .binary: nil
        }
    }

    /// The encoding with this name, as people and programs write it: case, hyphens and underscores do not count. UTF-16
    /// without a byte order is little endian. Nil when it is not known.
    public init?(named name: String) {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" }) {
        case "utf8": self = .utf8
        case "utf16", "utf16le": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        case "latin1", "iso88591": self = .latin1
        case "windows1252", "cp1252": self = .windows1252
        case "cp437", "ibm437", "codepage437": self = .codePage437
        default: return nil
        }
    }

    /// The names by which to state an encoding.
    public static let words = ["utf-8", "utf-16le", "utf-16be", "latin1", "windows-1252", "cp437"]

    /// The one of `words` by which to state this encoding; nil for what is no text.
    public var word: String? {
        switch self {
        case .utf8, .utf8WithByteOrderMark: "utf-8"
        case .utf16LittleEndian: "utf-16le"
        case .utf16BigEndian: "utf-16be"
        case .latin1: "latin1"
        case .windows1252: "windows-1252"
        case .codePage437: "cp437"
        case .binary: nil
        }
    }

    /// The name that people know it by.
    public var name: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf8WithByteOrderMark: "UTF-8 with a byte order mark"
        case .utf16LittleEndian: "UTF-16, little endian"
        case .utf16BigEndian: "UTF-16, big endian"
        case .latin1: "Latin-1"
        case .windows1252: "Windows-1252"
        case .codePage437: "code page 437"
        case .binary: "no text"
        }
    }
}

/// What an `EncodingDetector` believes.
public struct EncodingFinding: Hashable, Sendable, Codable {
    /// The likeliest encoding.
    public let encoding: TextEncoding
    /// Bytes at the start that are a byte order mark.
    public let markLength: Int
    /// 0 to 1: how sure that is.
    public let confidence: Double
    /// What else it might be; nil when nothing else comes near.
    public let runnerUp: TextEncoding?
    /// Bytes that are wrong in this encoding, as far as one can tell: only UTF-8 has any.
    public let malformedByteCount: Int
    /// A sentence for the person who sent the file.
    public let reason: String
}
