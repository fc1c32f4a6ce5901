#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// How the C library keeps memory that was given back.
enum Allocator {
    /// Has very large buffers go back to the system at once, and threads share two heaps: else each thread's heap keeps what
    /// a large snapshot took, for good. Buffers of an import's chunks stay for the next chunk: having them back from the system page by
    /// page took a twentieth of an import's processor time. What the environment says (`MALLOC_ARENA_MAX` and its like) stands.
    static func keepLittle() {
        #if canImport(Glibc)
            let settings: [(variable: String, parameter: Int32, value: Int32)] = [
                ("MALLOC_ARENA_MAX", M_ARENA_MAX, 2),
                ("MALLOC_MMAP_THRESHOLD_", M_MMAP_THRESHOLD, 4 << 20),
                ("MALLOC_TRIM_THRESHOLD_", M_TRIM_THRESHOLD, 16 << 20),
            ]
            for setting in settings where getenv(setting.variable) == nil { mallopt(setting.parameter, setting.value) }
        #endif
    }
}
