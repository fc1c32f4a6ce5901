import Catalog
import Crypto
import Domain
import Foundation

/// What an earlier session did to the catalog, and what was done to the catalog since.
struct EarlierEffect {
    /// A later change, as far as it matters.
    enum Later: Equatable {
        /// A completed import that changed rows of these tables.
        case tables(Set<EntityTable>)
        /// Something else, or nobody knows.
        case anything
    }

    /// More changes than this are not looked at: the files are then imported again.
    private static let mostChanges = 200

    private let session: ImportSession
    /// The tables that it wrote, and those that say what it may write.
    private let tables: Set<EntityTable>
    private let later: [Later]

    init(of session: ImportSession, tables: Set<EntityTable>, later: [Later]) {
        self.session = session
        self.tables = tables
        self.later = later
    }

    /// Reads it; nil for a session that merged nothing, or whose schema is gone.
    init?(of session: ImportSession, _ reader: any CatalogReader) throws {
        guard let applied = session.appliedVersion,
            let schema = try reader.schema(session.schemaID, version: session.schemaVersion)
        else { return nil }
        let written = try Set(
            reader.files(ofSession: session.sessionID).compactMap { schema.entities[$0.entity]?.table })
        let referred = written.flatMap { References(schema, from: $0).all.map(\.target) }
        self.session = session
        // What the hierarchy allows depends on the territories, whether a reference to them is declared or not.
        tables = written.union(referred).union([.territories])
        let changes = try reader.changes(after: applied, limit: Self.mostChanges + 1)
        let known = try reader.version() - applied == Int64(changes.count) && changes.count <= Self.mostChanges
        later = known ? try changes.map { try Self.later($0, reader) } : [.anything]
    }

    /// Whether importing the same files again would find every row as it left it: it completed, and since then nobody changed
    /// a table that its rows lie in or depend on.
    var stands: Bool {
        session.status == .completed
            && later.allSatisfy { change in
                switch change {
                case .anything: false
                case .tables(let changed): changed.isDisjoint(with: tables)
                }
            }
    }

    /// What a session imports, in one word; how a file is to be read is part of it. The order of the files counts: of two records with one key, the last is taken. So do
    /// its importer's rights: with others, other records are refused.
    static func key(of session: ImportSession, _ files: [ImportFile]) throws -> String {
        let parts =
            [[session.schemaID, session.schemaVersion], ImportRights(session.importer).words]
            + files.map { [$0.entity, $0.sha256 ?? ""] + ($0.format?.words ?? []) }
        return Hexadecimal.text(SHA256.hash(data: try JSONEncoder.canonical.encode(parts)))
    }

    private static func later(_ change: CatalogChange, _ reader: any CatalogReader) throws -> Later {
        // Found coordinates stay when a file has none, and give way when it has some: neither is a change to that file's rows.
        if change.origin == .geocoding { return .tables([]) }
        guard let session = try reader.session(change.sessionID), session.status == .completed,
            session.appliedVersion == change.version,
            let schema = try reader.schema(session.schemaID, version: session.schemaVersion)
        else { return .anything }
        let changed = try reader.files(ofSession: session.sessionID).filter(\.counts.changedAnything)
        let tables = changed.map { schema.entities[$0.entity]?.table }
        return tables.contains(nil) ? .anything : .tables(Set(tables.compactMap(\.self)))
    }
}
