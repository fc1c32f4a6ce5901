import Catalog
import Domain
import Logging
import ObjectStore
import Tabular

/// The known records of every context, in the object store. They are nothing but a shortcut: where they cannot be read, or the
/// catalog cannot tell that they still hold, all rows are looked at.
struct KnownRecordsRegister {
    /// Rows that others may have changed since; beyond them all rows are looked at.
    static let mostTouched = 50_000
    /// Bytes that are read for however small a file.
    private static let alwaysRead: Int64 = 1 << 16

    let catalog: any Catalog
    let store: any ObjectStore
    let logger: Logger

    /// What a context's object is called.
    static func key(_ context: String) -> ObjectKey { ObjectLayout.knownRecords.appending(context) }

    /// The records of a context that still hold; nil when there are none, or so many that a file is not worth reading them.
    /// - Parameters:
    ///   - columns: positions of the columns in which a row must have stayed as it was.
    ///   - fileBytes: the file's size.
    func read(
        _ context: String, of table: EntityTable, columns: [Int], fileBytes: Int64
    ) async throws -> KnownRecordsCache.Entry? {
        let found = try await readable { () -> KnownRecords? in
            guard let size = try await store.size(Self.key(context)), size <= max(fileBytes, Self.alwaysRead) else {
                return nil
            }
            return try KnownRecords(try await store.get(Self.key(context), limit: 1 << 30))
        }
        guard var records = found else { return nil }
        let (base, session) = (records.foot.base, records.foot.session)
        let (touched, version) = try await catalog.read { reader -> ([String]?, Int64) in
            let version = try reader.version()
            guard try reader.remembers(base, madeBy: session) else { return (nil, version) }
            let changes = base + 1...max(base + 1, version)
            let touched = try reader.keysChanged(by: changes, in: table, columns: columns, limit: Self.mostTouched)
            return (touched, version)
        }
        guard let touched else { return nil }
        records.forget(Set(touched.map(\.exactHash.high)))
        return KnownRecordsCache.Entry(records: records, stand: KnownStand(base: base, at: version))
    }

    /// What the object of a context ends with; nil when there is none that could be read.
    func foot(_ context: String) async throws -> KnownRecords.Foot? {
        try await readable {
            guard let size = try await store.size(Self.key(context)) else { return nil }
            let offset = max(0, Int(size) - KnownRecords.Foot.bytes)
            return try KnownRecords.Foot(
                try await store.get(Self.key(context), offset: offset, count: KnownRecords.Foot.bytes))
        }
    }

    /// No import fails for a register: it is nothing but a shortcut.
    private func readable<Value>(_ read: () async throws -> Value?) async throws -> Value? {
        do {
            return try await read()
        } catch is StagedDataError {
            logger.warning("known records are damaged or of another version of SRTO: all rows are looked at")
        } catch let error as ObjectStoreError {
            logger.warning("known records cannot be read: all rows are looked at", metadata: ["reason": "\(error)"])
        }
        return nil
    }
}
