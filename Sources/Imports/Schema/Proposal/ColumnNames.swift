import Domain

/// What people call the columns of the master data tables.
enum ColumnNames {
    /// How well a header names a column of a table, 0 to 1.
    static func likeness(_ header: String, _ column: String, of table: EntityTable) -> Double {
        let words = words(of: header)
        guard !words.isEmpty else { return 0 }
        if words == Self.words(of: column) { return 1 }
        let names = names[column] ?? []
        if let owner = owners[column] {
            let own = ownWords[owner] ?? []
            let rest = words.filter { !own.contains($0) }
            let isNamed = rest.count < words.count || column == table.primaryKey
            if isNamed, identifiers.contains(rest.joined(separator: " ")) { return 0.9 }
        } else if column.hasSuffix("_name") {
            let own = ownWords[table] ?? []
            let rest = words.filter { !own.contains($0) }
            if rest.isEmpty || names.contains(rest.joined(separator: " ")) { return 0.9 }
        }
        let joined = words.joined(separator: " ")
        if names.contains(joined) || names.contains(words.joined()) { return 0.9 }
        // Part of the name: "store latitude wgs84".
        let best = names.filter { name in
            let parts = name.split(separator: " ").map(String.init)
            return parts.allSatisfy(words.contains)
        }.map { Double($0.split(separator: " ").count) / Double(words.count) }.max()
        return best.map { 0.4 + 0.4 * $0 } ?? 0
    }

    /// Lower-case words: `storeName`, `STORE_NAME` and `Store name` are the same two.
    static func words(of header: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in header {
            if !character.isLetter && !character.isNumber || (character.isUppercase && wasLower) {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if character.isLetter || character.isNumber { word += character.lowercased() }
            wasLower = character.isLowercase
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static let ownWords: [EntityTable: Set<String>] = [
        .outlets: ["outlet", "store", "shop", "location", "customer", "office", "branch", "retailer", "site", "poi"],
        .distributors: ["distributor", "dt", "dealer", "depot", "wholesaler"],
        .salespeople: ["salesperson", "rep", "agent", "seller", "employee", "salesman"],
        .routes: ["route", "beat"],
        .territories: ["territory", "area", "region", "zone"],
    ]

    /// The table that a key column is the key of, there or where it refers to.
    private static let owners: [String: EntityTable] = Dictionary(
        uniqueKeysWithValues: EntityTable.allCases.map { ($0.primaryKey, $0) })
    private static let identifiers: Set<String> = ["id", "code", "number", "no", "key", "nr", "num", "ref"]
    private static let titles: Set<String> = ["name", "title", "label"]
    private static let names: [String: Set<String>] = [
        "dt_code": ["distributor", "dt", "dealer"], "salesperson_id": ["salesperson", "rep"],
        "route_id": ["route", "beat"],
        "territory_id": ["territory", "area", "state", "region", "division", "circle", "district"],
        "outlet_name": titles, "dt_name": titles, "salesperson_name": titles, "route_name": titles,
        "territory_name": titles,
        "address": [
            "address", "street", "street address", "addr", "address line 1", "city", "town", "zip", "postcode",
            "postal code", "zip code", "pincode",
        ],
        "latitude": ["lat", "latitude", "y", "geo lat"],
        "longitude": ["lon", "lng", "long", "longitude", "x", "geo lon"],
        "channel": ["channel", "trade", "trade type", "sector", "segment", "outlet type", "store type", "type"],
        "tier": ["tier", "class", "grade", "category", "rank"],
        "sales_model": ["sales model", "selling model", "model"],
        "fulfillment_type": ["fulfillment", "fulfilment", "fulfilment type", "delivery", "delivery type"],
        "merchandising_required": ["merchandising", "merchandising required"],
        "audit_frequency": ["audit", "audit frequency", "frequency"],
        "sales_volume": ["sales", "volume", "turnover", "revenue", "receipts", "total receipts", "sales volume"],
        "nppd_score": ["nppd", "score"], "new_outlet_flag": ["new", "is new", "new outlet"],
        "level": ["level", "type"], "parent_id": ["parent", "parent id", "parent code", "parent territory"],
        "working_hours": ["hours", "working hours"], "visit_days": ["days", "visit days", "weekdays"],
    ]
}
