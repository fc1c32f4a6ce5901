/// One member of a zip archive, as the archive's directory tells of it.
public struct ZipMember: Hashable, Sendable {
    /// The name in the archive, for showing and for finding the member. It is a stranger's text: never a path of ours.
    public let name: String
    /// Bytes once unpacked.
    public let byteCount: Int
    let compressedByteCount: Int
    let headerOffset: Int
    let checksum: UInt32
    let method: UInt16
    let flags: UInt16
    let nameBytes: [UInt8]

    /// Stored or deflated: what is read here.
    static let stored: UInt16 = 0
    static let deflated: UInt16 = 8

    /// Whether it only says that there is a folder.
    public var isFolder: Bool { name.hasSuffix("/") || name.hasSuffix("\\") }
    /// What stands behind the last slash, for showing.
    public var lastName: String { Self.lastName(of: name) }

    /// What stands behind the last slash of a path.
    public static func lastName(of path: String) -> String {
        path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
    }
    /// Whether an operating system left it there and no person.
    public var isSystemFile: Bool {
        name.hasPrefix("__MACOSX/") || lastName.hasPrefix(".") || ["Thumbs.db", "desktop.ini"].contains(lastName)
    }
    /// Whether a password is needed.
    public var isEncrypted: Bool { flags & 0x2041 != 0 }

    /// The archive's bytes that it takes up at least.
    var extent: Range<Int> {
        headerOffset..<(headerOffset + ZipRecord.localHeaderBytes + nameBytes.count + compressedByteCount)
    }

    /// Where the local header stands, with the name behind it.
    var headerRange: Range<Int> {
        headerOffset..<(headerOffset + ZipRecord.localHeaderBytes + nameBytes.count)
    }

    /// UTF-8 where it is that, else the code page that the format prescribes; controls shown as U+FFFD.
    static func text(of name: [UInt8]) -> String {
        var bytes = name
        if UTF8Validation.firstFault(in: name) != nil {
            var transcoder = UTF8Transcoder(from: .codePage437)
            bytes = transcoder.feed(name)
        }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? "\u{FFFD}" : $0
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
