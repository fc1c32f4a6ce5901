import Domain

/// What changes do with coordinates that a geocoder found. They are good for one address, and only as long as nobody
/// brings better ones.
struct GeocodedCells {
    private let address: Int
    private let latitude: Int
    private let longitude: Int
    /// Position of the column that says where an outlet's coordinates are from.
    let source: Int

    /// Nil for tables that are not geocoded.
    init?(_ table: EntityTable) {
        guard let source = table.index(of: EntityTable.coordinateSource), let address = table.index(of: "address"),
            let latitude = table.index(of: "latitude"), let longitude = table.index(of: "longitude")
        else { return nil }
        self.source = source
        self.address = address
        self.latitude = latitude
        self.longitude = longitude
    }

    /// The two columns of coordinates.
    var coordinates: [Int] { [latitude, longitude] }

    /// Corrects which columns of a row with geocoded coordinates a merge changes. Coordinates that it brings take their place,
    /// and the mark goes; a new address has coordinates and mark go; otherwise they stay, though the file has none.
    func correct(_ changed: inout [Int], bringsCoordinates: Bool) {
        if bringsCoordinates {
            // One that is brought without the other does not go with the geocoder's.
            changed += coordinates.filter { !changed.contains($0) } + [source]
        } else {
            changed.removeAll(where: coordinates.contains)
            if changed.contains(address) { changed += coordinates + [source] }
        }
        // Rows are written and told of in the order of their columns.
        changed.sort()
    }

    /// Keeps the geocoded coordinates of a row that gets its former cells back, if these have none and the same address.
    func keep(of present: [FieldValue], in row: inout [FieldValue]) {
        guard !present[source].isNull, present[address] == row[address], coordinates.allSatisfy({ row[$0].isNull })
        else { return }
        for column in coordinates + [source] { row[column] = present[column] }
    }
}
