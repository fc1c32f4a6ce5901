import Foundation
import GRDB

/// Reads pages of a SQLite file that nobody changes any more (https://www.sqlite.org/fileformat2.html#the_database_header).
final class PageSource {
    /// What the file's first bytes say.
    private static let headerBytes = 100
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Bytes of a page, and those of them that a tree may use.
    let pageBytes: Int
    let usableBytes: Int
    /// Bytes of the file.
    let fileBytes: Int
    private let descriptor: Int32
    private let path: String

    /// - Throws: `DatabaseError` when it cannot be opened, or is another file.
    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseError.ofSystemCall("\(path) cannot be opened") }
        self.descriptor = descriptor
        self.path = path
        var header = [UInt8](repeating: 0, count: Self.headerBytes)
        let count = header.withUnsafeMutableBytes { Self.read(descriptor, at: 0, into: $0) }
        let failure = count == nil ? DatabaseError.ofSystemCall("\(path) cannot be read") : nil
        fileBytes = Int(lseek(descriptor, 0, SEEK_END))
        let size = Int(header[16]) << 8 | Int(header[17])
        // The largest does not fit, and is told by a number that is none.
        pageBytes = size == 1 ? 1 << 16 : size
        usableBytes = pageBytes - Int(header[20])
        if let failure { throw failure }
        guard count == header.count, header.starts(with: Self.magic), pageBytes.nonzeroBitCount == 1, usableBytes >= 480
        else { throw damage("does not begin as one of SQLite's does") }
    }

    deinit { close(descriptor) }

    /// Reads a page, or as much of its beginning as there is room for.
    /// - Throws: `DatabaseError` when it cannot be read, or there is no such page.
    func read(_ number: UInt32, into page: UnsafeMutableRawBufferPointer) throws {
        guard number > 0 else { throw damage("names a page that is none") }
        guard let count = Self.read(descriptor, at: Int(number - 1) * pageBytes, into: page) else {
            throw DatabaseError.ofSystemCall("\(path) cannot be read")
        }
        guard count == page.count else { throw damage("ends before its page \(number)") }
    }

    /// Fills the room with what a file has from there on.
    /// - Returns: how many bytes that are; nil with `errno` when the system fails.
    private static func read(_ descriptor: Int32, at start: Int, into room: UnsafeMutableRawBufferPointer) -> Int? {
        var done = 0
        while done < room.count {
            let count = pread(descriptor, room.baseAddress?.advanced(by: done), room.count - done, off_t(start + done))
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads so many bytes of an index's page and hands it over for the length of the call.
    func withPage<Result>(_ number: UInt32, bytes: Int, _ body: (IndexPage) throws -> Result) throws -> Result {
        try withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 8) { page in
            try read(number, into: page)
            guard let page = IndexPage(UnsafeRawBufferPointer(page)) else { throw noIndex(number) }
            return try body(page)
        }
    }

    /// What is told of a page that is none of an index.
    func noIndex(_ number: UInt32) -> DatabaseError {
        damage("has no page of an index where one should be (page \(number))")
    }

    /// What is told of a cell that cannot be where it is said to be.
    func beyond() -> DatabaseError { damage("has a row that ends beyond its page") }

    /// - Parameter what: what is wrong with the file.
    func damage(_ what: String) -> DatabaseError {
        DatabaseError(
            resultCode: .SQLITE_CORRUPT,
            message: "\(path) is damaged: it \(what). Restore the catalog and what lies beside it from the same backup")
    }
}
