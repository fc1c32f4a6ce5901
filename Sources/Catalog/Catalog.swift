/// The one store of master data, and of whatever must change in the same transaction.
package protocol Catalog: Sendable {
    /// Runs `body` on one consistent state. It runs off the cooperative pool and must not block on anything else.
    /// - Throws: `CatalogError`, or what `body` throws.
    func read<Value: Sendable>(_ body: @Sendable @escaping (any CatalogReader) throws -> Value) async throws -> Value

    /// Runs `body` in one transaction, alone among writers: committed when it returns, undone when it throws.
    /// - Throws: `CatalogError`, or what `body` throws.
    func write<Value: Sendable>(_ body: @Sendable @escaping (any CatalogWriter) throws -> Value) async throws -> Value

    /// As `write`, but it may return before the disk has what was written: a power cut can take it, with all that was written later
    /// in this way. For what is done again where it is missed, and of which nobody outside is told before it is safe.
    /// - Throws: `CatalogError`, or what `body` throws.
    func writeUnsynchronized<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value
}

extension Catalog {
    package func writeUnsynchronized<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value { try await write(body) }
}

/// What can be read inside a transaction.
package protocol CatalogReader: MasterDataReader, ImportReader, EffectReader, DeadLetterReader, AuditReader,
    RetentionReader, GeocodingReader
{}

/// What can be changed inside a transaction.
package protocol CatalogWriter: CatalogReader, MasterDataWriter, ImportWriter, EffectWriter,
    DeadLetterWriter, AuditWriter, RetentionWriter, GeocodingWriter
{}
