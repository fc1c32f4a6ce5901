package import Foundation

/// Keeps bytes under keys. What was put is durable when the call returns, unless it says otherwise.
package protocol ObjectStore: Sendable {
    /// Writes an object whole, in place of one that is there.
    func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError)

    /// The same without waiting for the disk: it survives the end of this process, but a power cut may leave the object away,
    /// or bytes that are not its own. For what can be made again, and is checked when it is read.
    func putUnsynchronized(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError)

    /// Reads an object of at most `limit` bytes.
    func get(_ key: ObjectKey, limit: Int) async throws(ObjectStoreError) -> [UInt8]

    /// Reads a part; shorter than asked for where the object ends.
    func get(_ key: ObjectKey, offset: Int, count: Int) async throws(ObjectStoreError) -> [UInt8]

    /// Size in bytes; nil when there is no such object.
    func size(_ key: ObjectKey) async throws(ObjectStoreError) -> Int64?

    /// Gives an object another key. Moving what was moved before is no error when the target is there.
    func move(_ key: ObjectKey, to target: ObjectKey) async throws(ObjectStoreError)

    /// The objects right below a key, not those further down, in the order of their names; none when there are none.
    func list(below key: ObjectKey) async throws(ObjectStoreError) -> [ObjectEntry]

    /// Removes what writers that were killed before an instant left right below a key.
    func deleteAbandoned(below key: ObjectKey, before instant: Date) async throws(ObjectStoreError)

    /// Removes an object, if it is there.
    func delete(_ key: ObjectKey) async throws(ObjectStoreError)

    /// Removes every object below a key, if there are any: what lies below `a/b` begins with `a/b/`.
    func deleteAll(below key: ObjectKey) async throws(ObjectStoreError)

    /// Begins an object that is written piece by piece and appears whole when its writer commits.
    func writer(_ key: ObjectKey) async throws(ObjectStoreError) -> any ObjectWriter

    /// Adds bytes to the end of an object, if it has just `offset` of them so far; with offset 0 it may not be there yet. What
    /// is added survives the end of this process, and a power cut once `synchronize` was called. False when the object ends
    /// elsewhere: then nothing is added.
    func append(_ bytes: [UInt8], to key: ObjectKey, at offset: Int64) async throws(ObjectStoreError) -> Bool

    /// Makes what was appended survive a power cut.
    func synchronize(_ key: ObjectKey) async throws(ObjectStoreError)

    /// Replaces an object if `accept` takes what is there (nil when nothing is). No other `update` of the key
    /// comes between. Returns whether it was replaced.
    func update(
        _ key: ObjectKey, to bytes: [UInt8], if accept: @Sendable @escaping ([UInt8]?) -> Bool
    ) async throws(ObjectStoreError) -> Bool

    /// Whether objects can be written: says what is wrong when not.
    func check() async throws(ObjectStoreError)
}

/// An object as a list tells of it.
package struct ObjectEntry: Sendable, Equatable {
    package let key: ObjectKey
    /// Bytes.
    package let size: Int64
    /// When it was written.
    package let modified: Date

    package init(key: ObjectKey, size: Int64, modified: Date) {
        self.key = key
        self.size = size
        self.modified = modified
    }
}

/// Writes one object piece by piece. Dropped without a commit, it leaves nothing.
package protocol ObjectWriter: Sendable {
    /// Adds bytes.
    func append(_ bytes: [UInt8]) async throws(ObjectStoreError)

    /// Makes the object appear, durable.
    func commit() async throws(ObjectStoreError)

    /// Leaves nothing behind.
    func discard() async
}

/// What an object store could not do.
package struct ObjectStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    package enum Code: String, Sendable {
        case notFound, tooLarge, full, unavailable
    }

    package let code: Code
    /// What happened and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
