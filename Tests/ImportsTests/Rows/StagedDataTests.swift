import Domain
import TestSupport
import Testing

@testable import Imports

/// What one stage writes, the next one reads.
@Suite struct StagedDataTests {
    private static let texts = [
        "", "a", "Café", "Cafe\u{301}", "\u{0}", "👩‍👧", "a\nb", String(repeating: "x", count: 300),
    ]

    private static func cell(_ random: inout SeededGenerator) -> FieldValue {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .null
        case 1: .text(texts.randomElement(using: &random) ?? "")
        case 2:
            .real([0, -0.0, 1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude].randomElement(using: &random) ?? 0)
        default: .integer([0, 1, .min, .max].randomElement(using: &random) ?? 0)
        }
    }

    /// Seen red with the tag of a real and of an integer exchanged in `StagedRows`.
    @Test func `rows come back as they were, in the order of their keys, unmapped columns null`() throws {
        var random = SeededGenerator.printed("staged rows")
        for _ in 0..<200 {
            let table = EntityTable.allCases.randomElement(using: &random) ?? .outlets
            let columns = table.columns.indices.filter { $0 == 0 || Bool.random(using: &random) }
            let rows = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                table.columns.indices.map { column -> FieldValue in
                    if column == 0 { return .text(Self.texts.randomElement(using: &random) ?? "") }
                    return columns.contains(column) ? Self.cell(&random) : .null
                }
            }
            var staged = StagedRows()
            for row in rows {
                // A refused record leaves nothing behind.
                if Bool.random(using: &random) {
                    staged.bytes.append([1, 2, 3])
                    staged.drop()
                }
                staged.append(row, columns: columns)
            }
            let inKeyOrder = try StagedRows.read(SealedBytes.open(staged.sealed()), table: table, columns: columns)
            let keys = inKeyOrder.map { (Array(($0.row[0].text ?? "").utf8), $0.position) }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { Self.ascends($0, $1) })
            let read = inKeyOrder.sorted { $0.position < $1.position }.map(\.row)
            #expect(read == rows)
            // Equal text may be other bytes: a key must come back byte by byte.
            #expect(
                read.joined().map { $0.text.map { Array($0.utf8) } }
                    == rows.joined().map { $0.text.map { Array($0.utf8) } })
        }
    }

    private static func ascends(_ left: ([UInt8], UInt32), _ right: ([UInt8], UInt32)) -> Bool {
        left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
    }

    private static func keys(_ random: inout SeededGenerator, referenceColumns: Int) -> (KeyCollector, [[String?]]) {
        var keys = KeyCollector(referenceColumns: referenceColumns)
        keys.read = Int.random(in: 0...900, using: &random)
        keys.refused = Int.random(in: 0...900, using: &random)
        keys.warnings = Int.random(in: 0...900, using: &random)
        let rows = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            (0...referenceColumns).map { column in
                column == 0 || Bool.random(using: &random) ? texts.randomElement(using: &random) : nil
            }
        }
        for (record, row) in rows.enumerated() {
            keys.append(
                record: record * 3, line: record * 7 + 2, key: (row[0] ?? ""), references: Array(row.dropFirst()))
        }
        return (keys, rows)
    }

    @Test func `keys come back as they were`() throws {
        var random = SeededGenerator.printed("staged keys")
        for columns in 0...2 {
            for _ in 0..<100 {
                let (keys, rows) = Self.keys(&random, referenceColumns: columns)
                let read = try StagedKeys(keys.encoded(), referenceColumns: columns)
                #expect((read.read, read.refused, read.warnings) == (keys.read, keys.refused, keys.warnings))
                #expect(read.records == rows.indices.map { UInt32($0 * 3) })
                #expect(read.lines == rows.indices.map { UInt32($0 * 7 + 2) })
                var session = SessionRows(references: Self.references(columns))
                session.append(read, chunk: 4)
                for (row, texts) in rows.enumerated() {
                    #expect(Array(session.key(row).utf8) == Array((texts[0] ?? "").utf8))
                    #expect(session.hashes[row] == (texts[0] ?? "").exactHash)
                    for column in 0..<columns {
                        let text = session.text(row, column: column + 1)
                        #expect(text.map { Array($0.utf8) } == texts[column + 1].map { Array($0.utf8) })
                    }
                    #expect(session.place(row) == (4, row))
                }
            }
        }
    }

    private static func references(_ count: Int) -> References {
        References(columns: Array((0...count).dropFirst()), all: [])
    }

    /// Seen red: texts that differ in bytes but not to Swift's `==` shared a code, so that a reference was checked as
    /// another one.
    @Test func `references that look alike but are other bytes stay apart`() throws {
        var keys = KeyCollector(referenceColumns: 1)
        for text in ["Café", "Cafe\u{301}", "Café"] { keys.append(record: 0, line: 2, key: "k", references: [text]) }
        #expect(try StagedKeys(keys.encoded(), referenceColumns: 1).references == [[1, 2, 1]])
    }

    @Test func `issues come back as they were`() throws {
        var random = SeededGenerator.printed("staged issues")
        let issues = IssueCode.allCases.map { code in
            ImportIssue(
                Bool.random(using: &random) ? .error : .warning, code,
                fileIndex: Int.random(in: 0..<500, using: &random),
                record: Int.random(in: -1...9_000_000, using: &random),
                line: Int.random(in: 1...9_000_000, using: &random),
                column: texts(&random), value: texts(&random), message: texts(&random))
        }
        let bytes = StagedIssues.encoded(issues)
        #expect(try Self.issues(StagedIssues(reading: bytes)) == issues)
        let (none, one) = (StagedIssues.encoded([]), StagedIssues.encoded([issues[0]]))
        for count in 0..<one.count where count != none.count {
            #expect(throws: StagedDataError.self) { try StagedIssues(reading: Array(one[..<count])) }
        }
        // No severity and no code has such a number; and a program that numbers codes otherwise says so at the beginning.
        for position in [none.count, none.count + 1, 5] {
            var other = one
            other[position] = 0xFE
            #expect(throws: StagedDataError.self) { try StagedIssues(reading: other) }
        }
    }

    private static func issues(_ staged: StagedIssues) -> [ImportIssue] {
        var (left, issues): (StagedIssues, [ImportIssue]) = (staged, [])
        while !left.isAtEnd {
            let issue = left.withPresent { line in
                ImportIssue(
                    line.severity, line.code, fileIndex: line.fileIndex, record: line.record, line: line.line,
                    column: line.column.text, value: line.value.text, message: line.message.text)
            }
            issues.append(issue)
            left.advance()
        }
        return issues
    }

    /// A record's own issues come before those beside other records, and none is lost.
    @Test func `issues of several kinds come in input order`() {
        func issues(_ records: [Int], _ code: IssueCode) -> [ImportIssue] {
            records.map {
                ImportIssue(.error, code, fileIndex: 0, record: $0, line: 2, column: "", value: "", message: "")
            }
        }
        var all = ReportIssues(
            before: issues([-1, -1], .replaceSkipped), own: StagedIssues(issues([1, 1, 3, 6], .pattern)),
            across: issues([0, 1, 3, 3, 7], .duplicateKey))
        #expect(all.areAboutRecords)
        var told: [String] = []
        while !all.isAtEnd {
            told.append(all.withPresent { "\($0.record)\($0.code == .pattern ? "" : $0.record < 0 ? "" : "d")" })
            all.advance()
        }
        #expect(told == ["-1", "-1", "0d", "1", "1", "1d", "3", "3d", "3d", "6", "7d"])
        #expect(!ReportIssues(before: issues([-1], .replaceSkipped)).areAboutRecords)
    }

    private func texts(_ random: inout SeededGenerator) -> String { Self.texts.randomElement(using: &random) ?? "" }

    @Test func `refused positions come back as they were`() throws {
        var random = SeededGenerator.printed("refused rows")
        for _ in 0..<100 {
            var refused: [Int: [UInt32]] = [:]
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let positions = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    UInt32.random(in: 0...50, using: &random)
                }
                refused[Int.random(in: 0...40, using: &random)] = Set(positions).sorted()
            }
            let read = try RefusedRows(RefusedRows.encoded(refused))
            for chunk in 0...41 { #expect(read.positions(inChunk: chunk) == Set(refused[chunk] ?? [])) }
        }
    }

    @Test func `what rows rely on comes back as it was`() throws {
        var keys = ResolvedKeys()
        keys.territories = ["T1", "Cafe\u{301}", ""]
        keys.referred = [.territories: ["T1"], .distributors: [], .routes: ["Café", "R\u{0}"]]
        let bytes = keys.encoded()
        #expect(try ResolvedKeys(bytes) == keys)
        #expect(throws: StagedDataError.self) { try ResolvedKeys(Array(bytes.dropLast())) }
        #expect(throws: StagedDataError.self) { try ResolvedKeys(bytes + [1, 0, 0, 0, 65, 0, 0, 0, 0]) }
    }

    // MARK: Damage

    private static func oneRow() throws -> [UInt8] {
        var staged = StagedRows()
        staged.append([.text("key"), .real(1), .integer(2), .null], columns: [0, 1, 2, 3])
        return try SealedBytes.open(staged.sealed())
    }

    /// Seen red with the check of the end taken out of `StagedKeys`.
    @Test func `every cut is seen, and a byte too many too`() throws {
        var random = SeededGenerator.printed("cut data")
        var keys = Self.keys(&random, referenceColumns: 2).0
        keys.append(record: 9, line: 9, key: "k", references: ["r", nil])
        let bytes = keys.encoded()
        // Without prints it is what an older version of SRTO wrote.
        for count in bytes.indices where count != bytes.count - 4 {
            #expect(throws: StagedDataError.self) { try StagedKeys(Array(bytes[..<count]), referenceColumns: 2) }
        }
        #expect(throws: StagedDataError.self) { try StagedKeys(bytes + [0], referenceColumns: 2) }

        let rows = try Self.oneRow()
        for count in 1..<rows.count {
            #expect(throws: StagedDataError.self) {
                try StagedRows.read(Array(rows[..<count]), table: .outlets, columns: [0, 1, 2, 3])
            }
        }
        let refused = RefusedRows.encoded([1: [2, 3]])
        for count in 1..<refused.count {
            #expect(throws: StagedDataError.self) { try RefusedRows(Array(refused[..<count])) }
        }
    }

    /// Seen red: keys of another number of reference columns, and references beyond the known values, trapped in the
    /// resolve stage.
    @Test func `flipped bits are an error or other data, never a trap`() throws {
        var random = SeededGenerator.printed("flipped bits")
        let references = References(try TestSchema.shop(), from: .outlets)
        for _ in 0..<3_000 {
            var bytes = Self.keys(&random, referenceColumns: references.columns.count).0.encoded()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if let keys = try? StagedKeys(bytes, referenceColumns: references.columns.count) {
                var rows = SessionRows(references: references)
                rows.append(keys, chunk: 0)
                for row in 0..<rows.count {
                    _ = (rows.key(row), rows.text(row, column: references.columns[0]))
                }
            }
            var rows = try Self.oneRow()
            rows[Int.random(in: rows.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? StagedRows.read(rows, table: .outlets, columns: [0, 1, 2, 3])
            _ = try? RefusedRows(rows)
        }
        #expect(throws: StagedDataError.self) {
            try StagedKeys(KeyCollector(referenceColumns: 1).encoded(), referenceColumns: 2)
        }
    }
}

extension StagedRows {
    /// Adds a row of values, its key the first.
    mutating func append(_ values: [FieldValue], columns: [Int]) {
        let start = bytes.count + PackedRow.keyOffset
        for column in columns {
            switch values[column] {
            case .null: _ = bytes.nullCell()
            case .text(let text): Array(text.utf8).withUnsafeBytes { _ = bytes.textCell($0) }
            case .real(let number): _ = bytes.realCell(number)
            case .integer(let number): _ = bytes.integerCell(number)
            }
        }
        keep(key: start..<start + (values[0].text?.utf8.count ?? 0))
    }
}
