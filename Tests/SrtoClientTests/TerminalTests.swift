import Domain
import Testing

@testable import srto

@Suite struct TerminalTests {
    private static func style(
        _ environment: [String: String] = ["LANG": "C.UTF-8"], terminal: Bool = false, width: Int? = 80
    ) -> TerminalStyle {
        TerminalStyle(environment: environment, isTerminal: terminal, deviceWidth: width)
    }

    @Test func styleFollowsTheEnvironment() {
        #expect(Self.style(["LANG": "en_US.UTF-8"]).hasUnicode)
        #expect(Self.style(["LANG": "de_DE.utf8"]).hasUnicode)
        #expect(!Self.style(["LANG": "C"]).hasUnicode)
        #expect(!Self.style(["LANG": "en_US.UTF-8", "LC_ALL": "C"]).hasUnicode)
        #expect(!Self.style(["LC_ALL": "", "LANG": "C"]).hasUnicode)
        #expect(Self.style(terminal: true).hasColour)
        #expect(!Self.style(terminal: false).hasColour)
        #expect(!Self.style(["NO_COLOR": "1"], terminal: true).hasColour)
        #expect(Self.style(["NO_COLOR": ""], terminal: true).hasColour)
        #expect(!Self.style(["TERM": "dumb"], terminal: true).isInteractive)
        #expect(Self.style(["COLUMNS": "132"], width: nil).width == 132)
        #expect(Self.style(["COLUMNS": "132"], width: 100).width == 100)
        #expect(Self.style([:], width: nil).width == 80)
    }

    @Test(arguments: [
        (0.0, "░░░░", "[------]"), (0.5, "██░░", "[###---]"), (1.0, "████", "[######]"), (7.0, "████", "[######]"),
        (-1.0, "░░░░", "[------]"), (Double.nan, "░░░░", "[------]"), (0.54, "██▏░", "[###---]"),
    ])
    func bars(fraction: Double, unicode: String, ascii: String) {
        #expect(ProgressBar.render(fraction, cells: 4, unicode: true) == unicode)
        #expect(ProgressBar.render(fraction, cells: 8, unicode: false) == ascii)
    }

    private static func standing(
        _ stage: ImportStage, _ status: ImportStatus = .processing, done: Int64 = 0, total: Int64 = 0,
        finished: Bool = false
    ) throws -> ImportStanding {
        var session = ImportSession(sessionID: "1", userID: "u", schemaID: "s", schemaVersion: "1", createdAt: "t")
        session.stage = stage
        session.status = status
        session.bytesDone = done
        session.bytesTotal = total
        return ImportStanding(ImportProgress(of: session))
    }

    @Test func aBoardNeverGoesBackAndPassesStages() throws {
        var board = ProgressBoard()
        board.uploaded(500, of: 1000)
        #expect(board.rows[0].fraction == 0.5)
        board.show(try Self.standing(.validate, done: 80, total: 100))
        #expect(board.rows.map(\.fraction) == [1, 1, 0.8, 0, 0, 0])
        board.show(try Self.standing(.validate, done: 30, total: 100))
        #expect(board.rows[2].fraction == 0.8)
        board.show(try Self.standing(.snapshots, .completed, finished: true))
        #expect(board.rows.allSatisfy { $0.fraction == 1 })
    }

    /// A merge is told in records by its status and in steps by its events. Seen red with the newer one taken.
    @Test func aBoardTakesTheLargerShareNotTheLargerNumber() {
        var row = ProgressBoard.Row(stage: .merge)
        row.take(.init(name: .merge, done: 300, total: 1000, unit: "records", rowsPerSecond: 1200.4, secondsLeft: 0.6))
        #expect(row.told.amountWords == "300 of 1,000 records, 1,200 rows/s, 600 ms left")
        row.take(.init(name: .merge, done: 0, total: 1, unit: "steps"))
        #expect(row.fraction == 0.3)
        row.take(.init(name: .merge, done: 1, total: 1, unit: "steps"))
        #expect(row.fraction == 1 && row.told.amountWords.isEmpty)
    }

    @Test(arguments: [20, 40, 80, 200], [true, false])
    func boardLinesFitTheTerminal(width: Int, unicode: Bool) throws {
        var board = ProgressBoard()
        board.uploaded(123_456_789, of: 987_654_321)
        board.show(try Self.standing(.validate, done: 80_000_000, total: 100_000_000))
        let style = Self.style(["LANG": unicode ? "C.UTF-8" : "C"], width: width)
        let lines = board.lines(style)
        #expect(lines.count == ImportStage.allCases.count)
        if width >= 30 { #expect(lines.allSatisfy { $0.displayWidth <= width }) }
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) } == !unicode)
    }

    @Test func plainProgressSaysEachTenthOnce() {
        var plain = PlainProgress()
        var board = ProgressBoard()
        var lines: [String] = []
        for bytes in stride(from: Int64(0), through: 1000, by: 7) {
            board.uploaded(bytes, of: 1000)
            lines += plain.lines(board)
        }
        board.uploaded(1000, of: 1000)
        lines += plain.lines(board) + plain.lines(board)
        #expect(lines.count == 10)
        #expect(lines.last == "upload 100 % (1.0 kB of 1.0 kB)")
    }

    @Test func tablesAlignByCellsNotCharacters() {
        var table = TextTable([.init("name"), .init("n", .right)])
        table.add(["北京", "1"])
        table.add(["cafe\u{301}", "22"])
        table.addTotal(["2"])
        #expect(
            table.lines(Self.style(["LANG": "C"])) == [
                "name   n", "----  --", "北京   1", "cafe\u{301}  22", "----  --", "2",
            ])
    }

    @Test func tablesFitTheTerminalAndKeepNumbers() {
        var table = TextTable([.init("file"), .init("entity"), .init("read", .right)])
        table.add([String(repeating: "x", count: 90), String(repeating: "y", count: 30), "1,234,567"])
        let lines = table.lines(Self.style(terminal: true, width: 50))
        #expect(lines.allSatisfy { $0.displayWidth <= 50 })
        #expect(lines.last?.hasSuffix("1,234,567") == true)
        let piped = table.lines(Self.style(terminal: false, width: 50))
        #expect(piped.last?.contains(String(repeating: "x", count: 90)) == true)
    }

    @Test func namesCannotCommandTheTerminal() {
        var table = TextTable([.init("name")])
        table.add(["a\u{1B}[2Jb\nc\u{202E}d"])
        #expect(table.lines(Self.style()).last == "a [2Jb c d")
    }

    @Test func quantities() {
        #expect([0, 12, 123, 1234, -1_234_567].map(\.grouped) == ["0", "12", "123", "1,234", "-1,234,567"])
        #expect([Int64(999), 1000, 12_345_678, 999_960].map(\.bytes) == ["999 B", "1.0 kB", "12.3 MB", "1.0 MB"])
        #expect(
            [Duration.milliseconds(240), .milliseconds(12_440), .seconds(185), .seconds(7800)].map(\.brief)
                == ["240 ms", "12.4 s", "3 min 5 s", "2 h 10 min"])
    }
}
