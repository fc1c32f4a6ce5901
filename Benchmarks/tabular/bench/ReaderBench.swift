import Tabular

/// Records, fields and UTF-8 of rows of thirteen columns and 120 bytes, on one core: what `CSVReader` costs alone.
struct ReaderBench {
    static func run(rows count: Int) {
        for (name, quotedShare) in [("plain", 0), ("one field of a row quoted", 1), ("every field quoted", 13)] {
            let bytes = rows(count, quoted: quotedShare)
            let clock = ContinuousClock()
            var best = Duration.seconds(1_000)
            var worst = Duration.zero
            var found = (records: 0, fields: 0, isText: false)
            for _ in 0..<7 {
                let seconds = clock.measure { found = read(bytes) }
                best = min(best, seconds)
                worst = max(worst, seconds)
            }
            let perSecond = { (time: Duration) in Int(Double(found.records) / (time / .seconds(1)) / 1000) }
            print(
                "\(name): \(found.records) records, \(found.fields) fields, \(bytes.count / found.records) bytes each,",
                "UTF-8 \(found.isText): best \(perSecond(best)) k rows/s, worst \(perSecond(worst)) k rows/s")
        }
    }

    private static func read(_ bytes: [UInt8]) -> (records: Int, fields: Int, isText: Bool) {
        let isText = UTF8Validation.firstFault(in: bytes) == nil
        var reader = CSVReader(bytes)
        var records = 0
        var fields = 0
        while reader.next() {
            records += 1
            fields += reader.fieldCount
        }
        return (records, fields, isText)
    }

    private static func rows(_ count: Int, quoted: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 160)
        for row in 0..<count {
            let fields = [
                "SYN-\(1_000_000 + row)", "Café Nº \(row % 1000)", "\(row % 9999) Main Street", "Springfield", "TX",
                "78701", "US", "GT", "A", "30.267153", "-97.743061", "1234.50", "2025-01-31",
            ]
            for (index, field) in fields.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                let isQuoted = quoted == 13 || (quoted == 1 && index == 2)
                if isQuoted { bytes.append(UInt8(ascii: "\"")) }
                bytes.append(contentsOf: field.utf8)
                if isQuoted { bytes.append(UInt8(ascii: "\"")) }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
