import Domain

extension Resolution {
    /// What the surviving rows rely on.
    func resolvedKeys() -> ResolvedKeys {
        var keys = ResolvedKeys()
        if let rows = tables[.territories] {
            keys.territories = rows.refused.indices.filter { !rows.refused[$0] }.map(rows.key)
        }
        var referred: [EntityTable: Set<[UInt8]>] = [:]
        for rows in tables.values {
            for reference in rows.references.all where reference.severity == .error {
                referred[reference.target, default: []].formUnion(rows.survivingValues(ofSlot: reference.slot))
            }
        }
        keys.referred = referred.mapValues { texts in
            texts.map { String(decoding: $0, as: UTF8.self) }.sorted()
        }
        return keys
    }
}

extension SessionRows {
    /// What the surviving rows have in a reference column, each once. By bytes, as the catalog compares: Swift takes some
    /// spellings for equal.
    func survivingValues(ofSlot slot: Int) -> [[UInt8]] {
        let values = values[slot]
        var isThere = [Bool](repeating: false, count: values.count + 1)
        for (row, code) in codes[slot].enumerated() where !refused[row] { isThere[Int(code)] = true }
        return (0..<values.count).filter { isThere[$0 + 1] }.map { Array(values.bytes[values.range($0)]) }
    }
}
