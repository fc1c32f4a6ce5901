import Foundation
import TestSupport
import Testing

/// Reads the package's targets and the sources' imports, and fails on an arrow that the house does not allow.
@Suite("The house")
struct HouseArrowsTests {
    private struct Package: Decodable {
        struct Target: Decodable {
            let name: String
            let type: String
            let path: String
            let target_dependencies: [String]?
        }

        let targets: [Target]
    }

    /// `.ci/test` leaves the output of `swift package describe --type json` in this file: the package manager's own lock
    /// forbids asking it from inside a test run.
    private static func targets() throws -> [Package.Target] {
        let file = try TestServers.setting("SRTO_TEST_PACKAGE_DESCRIPTION")
        let output = try String(contentsOfFile: file, encoding: .utf8)
        let json = output.firstIndex(of: "{").map { String(output[$0...]) } ?? ""
        return try JSONDecoder().decode(Package.self, from: Data(json.utf8)).targets
            .filter { $0.path.hasPrefix("Sources/") }
    }

    @Test("declared dependencies point down only")
    func declaredArrows() throws {
        let targets = try Self.targets()
        #expect(targets.count >= 19)
        for target in targets {
            for dependency in target.target_dependencies ?? [] {
                let fault = HouseArrows.fault(from: target.name, to: dependency)
                #expect(fault == nil, "\(fault ?? "")")
            }
        }
    }

    @Test("imports in the sources point down only")
    func importedArrows() throws {
        var seen = 0
        for room in HouseArrows.floors.keys {
            let folder = TestServers.repository.appending(path: "Sources/\(room)")
            guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
                Issue.record("there is no room \(room)")
                continue
            }
            for case let file as URL in files where file.pathExtension == "swift" {
                for module in Self.imports(try String(contentsOf: file, encoding: .utf8)) {
                    seen += 1
                    let fault = HouseArrows.fault(from: room, to: module)
                    #expect(fault == nil, "\(file.lastPathComponent): \(fault ?? "")")
                    #expect(
                        HouseArrows.forbiddenLibraries[room]?.contains(module) != true,
                        "\(file.lastPathComponent): \(room) must not know \(module)")
                }
            }
        }
        #expect(seen > 100)
    }

    @Test("a wrong arrow is seen")
    func wrongArrows() {
        #expect(HouseArrows.fault(from: "Jobs", to: "Imports") != nil)
        #expect(HouseArrows.fault(from: "Imports", to: "Snapshots") != nil)
        #expect(HouseArrows.fault(from: "HTTPAPI", to: "CatalogSQLite") != nil)
        #expect(HouseArrows.fault(from: "Unknown", to: "Jobs") != nil)
        #expect(HouseArrows.fault(from: "Imports", to: "Jobs") == nil)
    }

    /// A private import that points up is seen as well.
    @Test(
        "an import is seen whatever stands before it",
        arguments: [
            "", "private ", "fileprivate ", "public ", "@_exported ", "@preconcurrency package ", "  @testable ",
        ])
    func everyImport(_ before: String) {
        #expect(Self.imports("\(before)import Jobs\n") == ["Jobs"])
        #expect(Self.imports("\(before)import struct Jobs.Worker") == ["Jobs"])
        #expect(Self.imports("/// import Jobs\nlet import2 = 3") == [])
    }

    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]

    private static func imports(_ source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            var words = line.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") || accessLevels.contains(first) {
                words.removeFirst()
            }
            return words.count >= 2 && words[0] == "import" ? String(words[words.count - 1].prefix { $0 != "." }) : nil
        }
    }
}
