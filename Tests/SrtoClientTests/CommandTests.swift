import ArgumentParser
import Domain
import Foundation
import Testing

@testable import srto

@Suite struct CommandTests {
    @Test func importTakesItsOptions() throws {
        let command = try ImportCommand.parse([
            "a.csv", "b.csv", "--schema", "chains", "--schema-version", "2", "--dry-run", "--json", "--patience",
            "5", "--url", "http://h:1", "--token", "t",
        ])
        #expect(command.files == ["a.csv", "b.csv"])
        #expect(command.schemaVersion == "2" && command.dryRun && command.output.json && command.patience == 5)
        #expect(try ImportCommand.parse(["a.csv", "--schema", "x"]).patience == 120)
    }

    @Test(arguments: [
        [], ["--schema", "x"], ["a.csv"], ["a.csv", "--schema", "x", "--patience", "-1"],
        ["a.csv", "--schema", "x", "--no-wait", "--report", "r"],
    ])
    func importRefusesWhatIsIncomplete(arguments: [String]) {
        #expect(throws: (any Error).self) { try ImportCommand.parse(arguments) }
    }

    /// Seen red with what was said of one file taken for all.
    @Test func formatsCountForAllFilesOrForOne() throws {
        let command = try ImportCommand.parse([
            "a.csv", "b.csv", "c.xlsx", "--schema", "x", "--encoding", "latin1", "--encoding", "b.csv=cp437",
            "--delimiter",
            "a.csv==", "--delimiter", "-", "--sheet", "c.xlsx=Data = 1",
        ])
        let files = command.formats.applied(
            to: command.files.map { LocalFile(path: $0, name: $0, size: 1) })
        #expect(files[0].format == FileFormat(encoding: "latin1", delimiter: "="))
        #expect(files[1].format == FileFormat(encoding: "cp437", delimiter: "-"))
        #expect(files[2].format == FileFormat(encoding: "latin1", delimiter: "-", sheet: "Data = 1"))
        let plain = try ImportCommand.parse(["a.csv", "--schema", "x"]).formats
        #expect(plain.applied(to: [LocalFile(path: "a.csv", name: "a.csv", size: 1)])[0].format == nil)
    }

    @Test func watchKnowsItsTopics() throws {
        #expect(try WatchCommand.parse([]).wanted == ["queues"])
        #expect(try WatchCommand.parse(["import:1", "queues", "import:1"]).wanted == ["import:1", "queues"])
        #expect(throws: (any Error).self) { try WatchCommand.parse(["imports"]) }
    }

    @Test func othersParse() throws {
        #expect(try DeadCommand.parseAsRoot(["replay", "3", "4"]) is DeadCommand.Replay)
        #expect(try DeadCommand.parseAsRoot(["--queue", "q"]) is DeadCommand.List)
        #expect(try SnapshotCommand.parse(["US", "--view", "map", "-o", "f"]).view == .map)
        #expect(try SessionCommand.parse(["import:abc"]).session.bare == "abc")
        #expect(throws: (any Error).self) { try SnapshotCommand.parse(["US", "--view", "all"]) }
    }

    @Test func schemasHaveTheirCommands() throws {
        #expect(try SchemaCommand.parseAsRoot([]) is SchemaCommand.List)
        #expect(try SchemaCommand.parseAsRoot(["show", "us-chains"]) is SchemaCommand.Show)
        #expect(try SchemaCommand.parseAsRoot(["save", "schema.json"]) is SchemaCommand.Save)
        #expect(try SchemaCommand.parseAsRoot(["json"]) is SchemaCommand.Document)
        let propose = try #require(
            try SchemaCommand.parseAsRoot(["propose", "a.csv", "--entity", "routes", "--json"]) as? SchemaProposeCommand
        )
        #expect(propose.file == "a.csv" && propose.entity == "routes" && propose.output.json)
        #expect(throws: (any Error).self) { try SchemaCommand.parseAsRoot(["propose"]) }
    }

    @Test func optionsComeBeforeTheEnvironment() throws {
        let environment = ["SRTO_URL": "http://env:1/", "SRTO_TOKEN": "fromEnv"]
        let given = try ServerOptions.parse(["--url", "https://given", "--token", "mine"]).resolved(environment)
        #expect(given.address.origin == "https://given:443" && given.token == "mine")
        let fromEnvironment = try ServerOptions.parse([]).resolved(environment)
        #expect(fromEnvironment.address.url("/api/x") == "http://env:1/api/x" && fromEnvironment.token == "fromEnv")
        #expect(try ServerOptions.parse(["--token", "t"]).resolved([:]).address.origin == "http://127.0.0.1:8080")
    }

    @Test(arguments: [["SRTO_TOKEN": ""], ["SRTO_TOKEN": "a\nb"], ["SRTO_TOKEN": "t", "SRTO_URL": "ftp://x"]])
    func badSettingsSayWhatToDo(environment: [String: String]) throws {
        let options = try ServerOptions.parse([])
        let error = #expect(throws: ClientError.self) { try options.resolved(environment) }
        #expect(error?.advice.isEmpty == false)
    }

    @Test func localFilesAreCheckedAllAtOnce() async throws {
        try await withFolder { folder in
            let good = folder.appending(path: "good.csv").path
            let empty = folder.appending(path: "empty.csv").path
            try Data("id\n".utf8).write(to: URL(fileURLWithPath: good))
            try Data().write(to: URL(fileURLWithPath: empty))
            #expect(try LocalFile.check([good]) == [LocalFile(path: good, name: "good.csv", size: 3)])
            let error = #expect(throws: ClientError.self) {
                try LocalFile.check([
                    good, empty, folder.path, folder.appending(path: "none.csv").path, "x/../good.csv",
                ])
            }
            let message = try #require(error).message
            for fault in ["is empty", "is a folder", "does not exist", "have one name"] {
                #expect(message.contains(fault))
            }
        }
    }

    @Test func territoriesStandUnderTheirParents() throws {
        let rows = [("US-CA", "US-W"), ("US", nil), ("US-W", "US"), ("A", "B"), ("B", "A"), ("X", "gone")].map {
            JSONValue.object(["territoryId": .string($0), "parentId": $1.map { .string($0) } ?? .null])
        }
        let order = TerritoryTree.order(rows).map { "\($0.depth) \($0.territory["territoryId"]?.cell ?? "")" }
        #expect(order == ["0 US", "1 US-W", "2 US-CA", "0 X", "0 A", "1 B"])
    }

    @Test func queuesShowWhatIsUnknownAsADash() throws {
        let queue = try JSONValue(
            json: Data(#"{"name":"import.merge","ready":1200,"unacked":1,"consumers":1,"dead":0}"#.utf8))
        let style = TerminalStyle(environment: [:], isTerminal: false, deviceWidth: nil)
        let cells = QueuesCommand.table([queue]).lines(style).last?.split(separator: " ").map(String.init)
        #expect(cells == ["import.merge", "1,200", "1", "1", "-", "0"])
        guard case .object(let members) = QueuesCommand.complete(queue) else { return }
        #expect(members["oldestSeconds"] == .null)
    }

    @Test(arguments: [
        (#""drainSeconds":90,"ready":5"#, "1 min 30 s"), (#""drainSeconds":null,"growing":true"#, "never"),
        (#""drainSeconds":null,"growing":false"#, "-"), (#""ready":0"#, "-"),
    ]) func queuesThatAreWatchedShowTheirRates(_ members: String, _ drain: String) throws {
        let queue = try JSONValue(
            json: Data(#"{"name":"q","unacked":0,"inPerSecond":0.25,"outPerSecond":2,\#(members)}"#.utf8))
        let style = TerminalStyle(environment: [:], isTerminal: false, deviceWidth: nil)
        let line = try #require(QueueRates.table([queue]).lines(style).last)
        #expect(line.contains("0.3/s") && line.contains("2.0/s"))
        #expect(line.contains(drain), "\(line)")
    }

    @Test func snapshotVersionIsReadFromTheHead() {
        let head = Data(#"{"territory_id":"US","generated_at":"t","catalog_version":17,"level":"COU"#.utf8)
        #expect(SnapshotCommand.catalogVersion(inHead: head) == 17)
        #expect(SnapshotCommand.catalogVersion(inHead: Data("{}".utf8)) == nil)
    }

    @Test func noticesBecomeLines() throws {
        let update = TopicUpdate(
            topic: "territory:US", sequence: 4, type: .snapshotUpdated, time: "T1", coalesced: 2,
            data: try JSONEncoder().encode(
                SnapshotState(territoryId: "US", version: 9, hash: "abcdef0123456789", outlets: 1200, generatedAt: "t"))
        )
        let words = try #require(try NoticeLines(asJSON: false).line(.update(update), at: "T2"))
        #expect(
            words
                == "T1  territory:US  #4  snapshot of version 9, 1,200 outlets, hash abcdef012345 (2 left out before it)"
        )
        let json = try #require(try NoticeLines(asJSON: true).line(.update(update), at: "T2"))
        let object = try JSONValue(json: Data(json.utf8))
        #expect(object["sequence"] == .integer(4) && object["data"]?["outlets"] == .integer(1200))
        #expect(!json.contains("\n"))
        let missed = FollowerNotice.missed(topic: "queues", after: 3, before: 9)
        #expect(try NoticeLines(asJSON: false).line(missed, at: "T2")?.contains("#4 to #8") == true)
        let back = FollowerNotice.missed(topic: "queues", after: 9, before: 2)
        #expect(try NoticeLines(asJSON: false).line(back, at: "T2")?.contains("from #2 on") == true)
    }

    @Test func pausesGrowToTheirCeiling() {
        var backOff = BackOff(base: .milliseconds(100), ceiling: .seconds(1))
        var generator = SystemRandomNumberGenerator()
        var bounds: [Duration] = []
        for _ in 0..<40 {
            bounds.append(backOff.bound)
            #expect((.zero...backOff.bound).contains(backOff.next(using: &generator)))
        }
        #expect(
            bounds.prefix(5) == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1),
            ])
        #expect(bounds.last == .seconds(1))
        backOff.reset()
        #expect(backOff.bound == .milliseconds(100))
    }
}
