import Foundation
import ServiceLifecycle

#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// Gives memory that is free back to the system, whenever much has been taken: the C library keeps it else, between what is still in
/// use, and each stage of a large import would come on top of what the one before left.
struct MemoryReturn: Service {
    private static let interval = Duration.milliseconds(500)
    /// Bytes that may be resident beyond what was left the last time. Looking through all that is free takes some milliseconds.
    private static let growth = 24 << 20

    /// Looks until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var left = Self.residentBytes() ?? 0
            while !Task.isCancelled {
                if let resident = Self.residentBytes() {
                    // What went back by itself must not be taken again unseen.
                    left = min(left, resident)
                    if resident > left + Self.growth {
                        Self.giveBack()
                        left = Self.residentBytes() ?? resident
                    }
                }
                // Cancelled: the loop's condition ends it.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private static func giveBack() {
        #if canImport(Glibc)
            malloc_trim(0)
        #endif
    }

    /// Bytes of this process that are in memory; nil where the system does not say.
    static func residentBytes() -> Int? {
        #if canImport(Glibc)
            // Pages of the address space, then those of them that are in memory. No file of such a name: another system.
            guard let line = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
            let fields = line.split(separator: " ")
            guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        #else
            return nil
        #endif
    }
}
