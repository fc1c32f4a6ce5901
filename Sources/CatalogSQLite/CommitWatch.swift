import Catalog
import Dispatch
import Foundation

/// Tells when another process of this host may have committed: it writes to the catalog's write-ahead log, which inotify
/// shows. What it tells may be its own process's writing, or one that left nothing to publish; nothing is ever left out.
///
/// Written by hand: Dispatch has no file system source on Linux, and SQLite's own hooks see this process only.
final class CommitWatch: Sendable {
    /// A transaction writes many pages: they are told together.
    private static let gathering = DispatchTimeInterval.milliseconds(3)

    // SAFETY: set once; Dispatch lets any thread suspend, resume and cancel a source.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    /// Watches the log of the catalog at `path`, which must have been written to.
    /// - Throws: `CatalogError` when the system gives no watch, as when all of them are used.
    init(path: String, changed: @Sendable @escaping () -> Void) throws(CatalogError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0, inotify_add_watch(descriptor, path + "-wal", UInt32(IN_MODIFY)) >= 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw CatalogError(
                .unavailable,
                "the catalog's write-ahead log cannot be watched (\(reason)): see fs.inotify.max_user_instances")
        }
        let queue = DispatchQueue(label: "srto.catalog.commits")
        // SAFETY: used from the queue's handlers alone once it is activated.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            Self.drain(descriptor)
            source.suspend()
            queue.asyncAfter(deadline: .now() + Self.gathering) {
                changed()
                source.resume()
            }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = source
    }

    deinit { source.cancel() }

    private static func drain(_ descriptor: Int32) {
        var events = [UInt8](repeating: 0, count: 4096)
        // SAFETY: read writes at most the buffer's size into it; what it says does not matter.
        while events.withUnsafeMutableBytes({ read(descriptor, $0.baseAddress, $0.count) }) > 0 {}
    }
}
