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
                let values = rows.values[reference.slot]
                var isReferred = [Bool](repeating: false, count: values.count + 1)
                for (row, code) in rows.codes[reference.slot].enumerated() where !rows.refused[row] {
                    isReferred[Int(code)] = true
                }
                // By bytes, as the catalog compares: Swift takes some spellings for equal.
                let texts = (0..<values.count).filter { isReferred[$0 + 1] }.map {
                    Array(values.bytes[values.range($0)])
                }
                referred[reference.target, default: []].formUnion(texts)
            }
        }
        keys.referred = referred.mapValues { texts in
            texts.map { String(decoding: $0, as: UTF8.self) }.sorted()
        }
        return keys
    }
}
