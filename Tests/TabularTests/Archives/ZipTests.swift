import Foundation
import Tabular
import TabularFixtures
import TestSupport
import Testing

@Suite struct ZipTests {
    static func code(_ archive: [UInt8], limits: ZipLimits = ArchiveBytes.limits) -> TabularError.Code? {
        do throws(TabularError) {
            for member in try ArchiveBytes.directory(archive, limits: limits).members {
                _ = try ArchiveBytes.unpack(member, of: archive)
            }
            return nil
        } catch {
            #expect(!error.message.isEmpty)
            return error.code
        }
    }

    static let files = [
        ("outlets.csv", "id,name\n1,a\n"), ("ünder/b.csv", String(repeating: "x,y\n", count: 50_000)), ("e", ""),
    ]

    @Test(arguments: [true, false], [true, false])
    func membersComeBackEqual(isDeflated: Bool, isZip64: Bool) throws {
        var builder = ZipBuilder(Self.files, isDeflated: isDeflated)
        for index in builder.members.indices { builder.members[index].isZip64 = isZip64 }
        builder.comment = Array("a comment with PK\u{5}\u{6} in it".utf8)
        let archive = try builder.archive()
        let directory = try ArchiveBytes.directory(archive)
        #expect(directory.members.map(\.name) == Self.files.map(\.0))
        #expect(directory.members.map(\.byteCount) == Self.files.map(\.1.utf8.count))
        for (member, file) in zip(directory.members, Self.files) {
            #expect(try ArchiveBytes.unpack(member, of: archive) == Array(file.1.utf8))
        }
        #expect(!directory.isWorkbook)
    }

    /// Archives of Python's zipfile: written to a stream that cannot seek (sizes stand behind the data), and with more
    /// members than 16 bits count.
    @Test func readsWhatPythonWrites() async throws {
        let script = """
            import sys, zipfile, io
            class Pipe(io.RawIOBase):
                def __init__(self, path): self.file = open(path, "wb")
                def writable(self): return True
                def write(self, data): return self.file.write(data)
                def close(self): self.file.close()
            with zipfile.ZipFile(Pipe(sys.argv[1]), "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("folder/outlets.csv", "id,name\\n" * 20000)
                with archive.open("big.csv", "w", force_zip64=True) as member: member.write(b"a,b\\n" * 1000)
            with zipfile.ZipFile(sys.argv[2], "w") as archive:
                for number in range(66000): archive.writestr(f"{number}", b"x")
            """
        try await TestFolder.with { folder in
            let paths = ["piped", "many"].map { folder.appending(path: $0).path }
            let outcome = try await Command.run(
                URL(filePath: "/usr/bin/env"), ["python3", "-c", script] + paths,
                environment: ProcessInfo.processInfo.environment)
            try #require(outcome.status == 0, "\(outcome.errors)")
            let piped = [UInt8](try Data(contentsOf: URL(filePath: paths[0])))
            let members = try ArchiveBytes.directory(piped).members
            #expect(members.map(\.name) == ["folder/outlets.csv", "big.csv"])
            #expect(try ArchiveBytes.unpack(members[0], of: piped).count == 160_000)
            #expect(try ArchiveBytes.unpack(members[1], of: piped).count == 4000)
            let many = [UInt8](try Data(contentsOf: URL(filePath: paths[1])))
            #expect(Self.code(many) == .zipTooLarge)
            let limits = ZipLimits(maximumBytes: 1 << 20, maximumMembers: 66_000)
            #expect(try ArchiveBytes.directory(many, limits: limits).members.count == 66_000)
        }
    }

    @Test func bombsAreStopped() throws {
        let zeros = [UInt8](repeating: 0, count: 20_000_000)
        var builder = ZipBuilder()
        builder.members = [.init(name: [97], bytes: zeros)]
        #expect(Self.code(try builder.archive(), limits: ZipLimits(maximumBytes: 1 << 20)) == .zipTooLarge)
        // One that says it is small is stopped when it has become larger.
        builder.members[0].statedSize = 1000
        let liar = try builder.archive()
        let member = try #require(try ArchiveBytes.directory(liar).members.first)
        var handed = 0
        var reader = try ZipMemberReader(member)
        var code: TabularError.Code?
        do throws(TabularError) {
            while let range = reader.wanted { try reader.take(Array(liar[range])) { handed += $0.count } }
        } catch {
            code = error.code
        }
        #expect(code == .zipCorrupt)
        #expect(handed <= 1000)
        // Members over one another: the densest bombs.
        var overlapping = ZipBuilder([("a", "some text"), ("a", "some text")], isDeflated: false)
        #expect(Self.code(try overlapping.archive()) == nil)
        overlapping.members[1].statedOffset = 0
        #expect(Self.code(try overlapping.archive()) == .zipCorrupt)
        // Many that are small.
        let many = ZipBuilder((0..<50).map { ("\($0)", String(repeating: "a", count: 100)) })
        #expect(Self.code(try many.archive(), limits: ZipLimits(maximumBytes: 4999)) == .zipTooLarge)
        #expect(Self.code(try many.archive(), limits: ZipLimits(maximumBytes: 5000)) == nil)
        #expect(
            Self.code(try many.archive(), limits: ZipLimits(maximumBytes: 5000, maximumMembers: 49)) == .zipTooLarge)
    }

    @Test func whatIsNotReadIsToldWhy() throws {
        var encrypted = ZipBuilder([("secret.csv", "a,b\n")])
        encrypted.members[0].flags = 1
        #expect(Self.code(try encrypted.archive()) == .zipUnsupported)
        let member = try #require(try ArchiveBytes.directory(try encrypted.archive()).members.first)
        #expect(member.isEncrypted)
        do throws(TabularError) {
            _ = try ZipMemberReader(member)
        } catch {
            #expect(error.message.contains("password") && error.message.contains("secret.csv"))
        }
        var bzip2 = ZipBuilder([("a", "b")])
        bzip2.members[0].method = 12
        #expect(Self.code(try bzip2.archive()) == .zipUnsupported)
        var parted = ZipBuilder([("a", "b")])
        parted.statesDisk = 1
        #expect(Self.code(try parted.archive()) == .zipUnsupported)
    }

    @Test func liesAreFound() throws {
        var wrongSum = ZipBuilder([("a", "some text")])
        wrongSum.members[0].statedChecksum = 7
        #expect(Self.code(try wrongSum.archive()) == .zipCorrupt)
        var tooLong = ZipBuilder([("a", "some text")], isDeflated: false)
        tooLong.members[0].statedSize = 100
        #expect(Self.code(try tooLong.archive()) == .zipCorrupt)
        var otherName = ZipBuilder([("a", "some text")])
        otherName.members[0].localName = Array("b".utf8)
        #expect(Self.code(try otherName.archive()) == .zipCorrupt)
        let archive = try ZipBuilder(Self.files).archive()
        for length in stride(from: 0, to: archive.count, by: 7) {
            #expect(Self.code(Array(archive.prefix(length))) == .zipCorrupt)
        }
        #expect(Self.code(Array("id,name\n1,a long line that is no archive\n".utf8)) == .zipCorrupt)
    }

    @Test func namesAreShownAndNeverTrusted() throws {
        let names = [
            "../../etc/passwd", "C:\\data\\outlets.csv", "a\u{1B}[31m\u{202E}b", "folder/", "__MACOSX/._a", ".hidden",
        ]
        var builder = ZipBuilder(names.map { ($0, "x") })
        builder.members.append(.init(name: [0x81, 0x2E, 0x63, 0x73, 0x76], bytes: [120]))
        let members = try ArchiveBytes.directory(try builder.archive()).members
        #expect(
            members.map(\.lastName) == [
                "passwd", "outlets.csv", "a\u{FFFD}[31m\u{FFFD}b", "folder", "._a", ".hidden", "ü.csv",
            ])
        #expect(members.map(\.isFolder) == [false, false, false, true, false, false, false])
        #expect(try ArchiveBytes.directory(try builder.archive()).files.count == 4)
    }
}
