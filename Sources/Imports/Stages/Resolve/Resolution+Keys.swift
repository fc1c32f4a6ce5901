import Domain

extension Resolution {
    /// What the surviving rows rely on.
    func resolvedKeys() -> ResolvedKeys {
        var keys = ResolvedKeys()
        if let rows = tables[.territories] {
            keys.territories = rows.rows.indices.filter { !rows.rows[$0].refused }.map(rows.key)
        }
        var referred: [EntityTable: Set<[UInt8]>] = [:]
        for rows in tables.values {
            for reference in rows.references.all where reference.severity == .error {
                var codes: Set<Int> = []
                for row in rows.rows.indices where !rows.rows[row].refused {
                    codes.insert(rows.code(row, reference.slot))
                }
                // By bytes, as the catalog compares: Swift takes some spellings for equal.
                referred[reference.target, default: []]
                    .formUnion(codes.lazy.filter { $0 != 0 }.map { Array(rows.values[reference.slot][$0 - 1].utf8) })
            }
        }
        keys.referred = referred.mapValues { texts in
            texts.map { String(decoding: $0, as: UTF8.self) }.sorted()
        }
        return keys
    }
}
