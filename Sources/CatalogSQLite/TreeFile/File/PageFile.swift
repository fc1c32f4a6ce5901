import Foundation
import GRDB

/// Appends pages to a SQLite file of one page that nobody else writes to, and at the end has its header say how many there are
/// (https://www.sqlite.org/fileformat2.html#the_database_header).
///
/// Written by hand, as are the trees in it: SQLite fills a table by running a program for each row, which took a merge twice as long as all the
/// rest of it.
final class PageFile {
    static let pageBytes = 16_384
    /// Where the header has the number of pages.
    private static let sizeOffset = 28
    private static let blockPages = 16
    /// The page at which processes lock each other out: SQLite leaves it alone, and so must whoever writes its files.
    private static let lockPage = UInt32((1 << 30) / pageBytes + 1)

    /// The number that the next page gets.
    private(set) var next: UInt32 = 2
    private let descriptor: Int32
    private let lockPage: UInt32
    private var block: [UInt8] = []
    private let blocks: BlockWriting
    /// Nil when the system decides when something comes to the disk.
    private var disk: DiskWriting?
    /// Bytes that were handed over since it was begun.
    private var waiting = 0
    /// Bytes for which that is worth a call.
    private static let worthwhileBytes = 8 << 20

    /// - Parameter path: of a file whose one page has `pageBytes` bytes.
    /// - Throws: `DatabaseError` when it cannot be opened, or is another file.
    convenience init(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("opened") }
        self.init(descriptor)
        guard lseek(descriptor, 0, SEEK_END) == Self.pageBytes else {
            throw DatabaseError(resultCode: .SQLITE_NOTADB, message: "a merge's scratch does not begin with one page")
        }
    }

    /// - Parameters:
    ///   - descriptor: stands behind the file's one page, and is closed with this object.
    ///   - lockPage: is left out.
    init(_ descriptor: Int32, lockPage: UInt32 = PageFile.lockPage) {
        self.descriptor = descriptor
        self.lockPage = lockPage
        blocks = BlockWriting(descriptor)
        block.reserveCapacity(Self.blockPages * Self.pageBytes)
    }

    deinit {
        blocks.wait()
        _ = disk?.wait()
        close(descriptor)
    }

    /// Appends a page and returns its number.
    /// - Throws: `DatabaseError` when it, or one before it, cannot be written; what is still on its way is told of later.
    func append(_ page: UnsafeRawBufferPointer) throws -> UInt32 {
        let number = next
        try add(page)
        next += 1
        if next == lockPage {
            try add(repeatElement(0, count: Self.pageBytes))
            next += 1
        }
        return number
    }

    /// The number that the page after the next one gets.
    var nextButOne: UInt32 { next + 1 == lockPage ? next + 2 : next + 1 }

    /// Writes what is left, and how many pages there are.
    /// - Throws: `DatabaseError` when it cannot be written.
    func finish() throws {
        try flush()
        try blocks.finish()
        let written = withUnsafeBytes(of: (next - 1).bigEndian) {
            pwrite(descriptor, $0.baseAddress, $0.count, off_t(Self.sizeOffset))
        }
        guard written == MemoryLayout<UInt32>.size else { throw Self.failure("written") }
        if let number = disk?.wait() { throw Self.notWritten(number) }
    }

    /// Has the system bring to the disk what was written and what will be, beside all else: whoever then waits until all of it is there
    /// waits for little.
    func bringToDisk() { disk = disk ?? DiskWriting(descriptor) }

    private func add(_ page: some Collection<UInt8>) throws {
        if block.count >= Self.blockPages * Self.pageBytes { try flush() }
        block.append(contentsOf: page)
    }

    private func flush() throws {
        waiting += block.count
        block = try blocks.append(block)
        guard let disk, waiting >= Self.worthwhileBytes else { return }
        disk.begin()
        waiting = 0
    }

    /// What is told when another thread could not write.
    /// - Parameter number: the error's.
    static func notWritten(_ number: Int32) -> DatabaseError {
        errno = number
        return failure("written")
    }

    private static func failure(_ what: String) -> DatabaseError {
        .ofSystemCall("a merge's scratch cannot be \(what)")
    }
}
