import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    func unlocatedOutlets(ofChange version: Int64, after position: Int64, limit: Int) throws -> [UnlocatedOutlet] {
        let sql = """
            SELECT h.number, CAST(o.outlet_id AS BLOB), o.address FROM history_rows h JOIN outlets o ON o.outlet_id = h.row_key
            WHERE h.table_name = 'outlets' AND h.version = ?1
              AND h.number > ?2 AND h.place > max(?2, (SELECT first_history - 1 FROM catalog_changes WHERE version = ?1))
              AND h.place < ifnull(
                    (SELECT min(first_history) FROM catalog_changes WHERE version > ?1), 9223372036854775807)
              AND o.latitude IS NULL AND o.longitude IS NULL AND trim(o.address) <> ''
            ORDER BY h.place LIMIT ?3
            """
        return try Row.fetchAll(db, sql: sql, arguments: [version, position, limit]).map { row in
            UnlocatedOutlet(outletID: row.key(1), address: row[2], position: row[0])
        }
    }

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
                SELECT 1 FROM outlets WHERE outlet_id = ? AND address = ? AND latitude IS NULL AND longitude IS NULL
                """
            return try Int.fetchOne(db, sql: sql, arguments: [place.outletID, place.address]) != nil
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
                    WHERE outlet_id = ? RETURNING territory_id
                    """,
                arguments: [
                    place.coordinates.latitude, place.coordinates.longitude, source, change.date, place.outletID,
                ])
            guard let row else { continue }
            if let territory: String = row[0] { territories.insert(territory) }
            try db.execute(
                sql: "INSERT INTO row_history (version, table_name, row_key, before) VALUES (?, 'outlets', ?, ?)",
                arguments: [
                    change.version, place.outletID,
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
