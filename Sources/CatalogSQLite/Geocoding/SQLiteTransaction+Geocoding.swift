import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    /// Rows of the history first, and then each outlet by its key: joined, SQLite would go through all outlets for each page.
    func unlocatedOutlets(ofChange version: Int64, after position: Int64, limit: Int) throws -> [UnlocatedOutlet] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT number, CAST(row_key AS BLOB) FROM history_rows
                WHERE table_name = 'outlets' AND version = ?1 AND number > ?2
                  AND place > max(?2, (SELECT first_history - 1 FROM catalog_changes WHERE version = ?1))
                  AND place < ifnull(
                        (SELECT min(first_history) FROM catalog_changes WHERE version > ?1), 9223372036854775807)
                ORDER BY place
                """, arguments: [version, position])
        let outlet = try db.cachedStatement(sql: Self.unlocatedOutlet)
        var found: [UnlocatedOutlet] = []
        while found.count < limit, let row = try rows.next() {
            let key: Data = row[1] ?? Data()
            guard let address = try String.fetchOne(outlet, arguments: [key]) else { continue }
            found.append(
                UnlocatedOutlet(outletID: String(decoding: key, as: UTF8.self), address: address, position: row[0]))
        }
        return found
    }

    /// The address of an outlet that has one and no coordinates.
    static let unlocatedOutlet = """
        SELECT address FROM outlets
        WHERE outlet_id = CAST(? AS TEXT) AND latitude IS NULL AND longitude IS NULL AND trim(address) <> ''
        """

    func geocode(_ key: GeocodeKey, since instant: Date) throws -> Geocode? {
        let sql = """
            SELECT latitude, longitude FROM geocodes WHERE provider = ? AND address_hash = ? AND asked_at >= ?
            """
        let arguments: StatementArguments = [key.provider, key.addressHash, instant.timeIntervalSince1970]
        guard let row = try Row.fetchOne(db, sql: sql, arguments: arguments) else { return nil }
        guard let latitude: Double = row[0], let longitude: Double = row[1] else { return .unknown }
        return Coordinates(latitude: latitude, longitude: longitude).map(Geocode.found)
    }

    func stillUnlocated(_ places: [OutletPlace]) throws -> [OutletPlace] {
        try places.filter { place in
            let sql = """
                SELECT 1 FROM outlets WHERE outlet_id = CAST(? AS TEXT) AND address = ? AND latitude IS NULL
                  AND longitude IS NULL
                """
            return try Int.fetchOne(db, sql: sql, arguments: [place.key, place.address]) != nil
        }
    }

    func remember(_ geocode: Geocode, for key: GeocodeKey, at instant: Date) throws {
        var place: Coordinates?
        if case .found(let coordinates) = geocode { place = coordinates }
        try db.execute(
            sql: "REPLACE INTO geocodes (provider, address_hash, latitude, longitude, asked_at) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                key.provider, key.addressHash, place?.latitude, place?.longitude, instant.timeIntervalSince1970,
            ])
    }

    func locate(_ places: [OutletPlace], source: String, change: MasterDataChange) throws -> Set<String> {
        try change.begin(db)
        var territories: Set<String> = []
        let base = try bases.base(of: .outlets).map { try BaseRows(db, $0) }
        for place in places {
            try base?.bring(.text(place.outletID))
            let row = try Row.fetchOne(
                db,
                sql: """
                    UPDATE main.outlets SET latitude = ?, longitude = ?, coordinate_source = ?, modified_date = ?
                    WHERE outlet_id = CAST(? AS TEXT) RETURNING territory_id
                    """,
                arguments: [
                    place.coordinates.latitude, place.coordinates.longitude, source, change.date, place.key,
                ])
            guard let row else { continue }
            if let territory: String = row[0] { territories.insert(territory) }
            try db.execute(
                sql:
                    "INSERT INTO row_history (version, table_name, row_key, before) VALUES (?, 'outlets', CAST(? AS TEXT), ?)",
                arguments: [
                    change.version, place.key,
                    #"{"latitude":null,"longitude":null,"\#(EntityTable.coordinateSource)":null}"#,
                ])
        }
        return territories
    }

    func forgetGeocodes(askedBefore instant: Date, limit: Int) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM geocodes WHERE (provider, address_hash) IN (
                    SELECT provider, address_hash FROM geocodes WHERE asked_at < ? ORDER BY asked_at LIMIT ?)
                """, arguments: [instant.timeIntervalSince1970, limit])
        return db.changesCount
    }
}

extension OutletPlace {
    /// The outlet's key as bytes: of a text with a NUL, GRDB hands over what stands before it.
    fileprivate var key: Data { Data(outletID.utf8) }
}
