import CRabbitMQ

/// Short-lived memory for one frame: where librabbitmq puts what it decodes, and where we put what it is to encode.
///
/// It wraps the library's own pool and is the one place that frees it. Pointers into it are valid until `recycle()`.
struct CodecArena: ~Copyable {
    // SAFETY: allocated and initialised once in `init`, freed once in `deinit`; the struct cannot be copied, and its
    // owner is confined to one event loop.
    private let pool: UnsafeMutablePointer<amqp_pool_t>
    /// Bytes handed out since the last `recycle()`.
    private(set) var used = 0

    init() {
        pool = .allocate(capacity: 1)
        pool.initialize(to: amqp_pool_t())
        init_amqp_pool(pool, 16_384)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    // SAFETY: callers pass it to librabbitmq for the length of one call, before the next `recycle()`.
    var decodingPool: UnsafeMutablePointer<amqp_pool_t> { pool }

    mutating func recycle() {
        recycle_amqp_pool(pool)
        used = 0
    }

    /// Uninitialised room for `count` values; nil when `count` is 0.
    // SAFETY: the pool aligns to 8 bytes, which is enough for every C struct and byte that is stored here.
    mutating func allocate<T>(_ type: T.Type, count: Int) throws(AMQPError) -> UnsafeMutablePointer<T>? {
        guard count > 0 else { return nil }
        let size = MemoryLayout<T>.stride * count
        guard let memory = amqp_pool_alloc(pool, size) else {
            throw AMQPError(.invalidArgument, "Out of memory while encoding \(size) bytes.")
        }
        used += size
        return memory.bindMemory(to: T.self, capacity: count)
    }

    /// A copy of the text.
    // SAFETY: exactly `count` bytes are copied into room for `count` bytes; the source pointer stays in its closure.
    mutating func bytes(_ text: String) throws(AMQPError) -> amqp_bytes_t {
        var text = text
        let count = text.utf8.count
        guard let memory = try allocate(UInt8.self, count: count) else { return amqp_bytes_t(len: 0, bytes: nil) }
        text.withUTF8 { source in
            if let base = source.baseAddress { memory.initialize(from: base, count: count) }
        }
        return amqp_bytes_t(len: count, bytes: memory)
    }

    /// A copy of the bytes.
    // SAFETY: as above.
    mutating func bytes(_ bytes: [UInt8]) throws(AMQPError) -> amqp_bytes_t {
        guard let memory = try allocate(UInt8.self, count: bytes.count) else {
            return amqp_bytes_t(len: 0, bytes: nil)
        }
        bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.initialize(from: base, count: source.count) }
        }
        return amqp_bytes_t(len: bytes.count, bytes: memory)
    }
}
