import Foundation
import TestSupport
import Testing

/// The rules of style that a reader of the code relies on and a compiler does not hold.
@Suite("The house's style")
struct HouseStyleTests {
    /// One source file.
    private struct File {
        let path: String
        let lines: [Substring]
    }

    private static func files(below folder: String) throws -> [File] {
        let root = TestServers.repository.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
        return try paths.sorted().map { path in
            let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            return File(path: "\(folder)/\(path)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// What ends the process where an error should be thrown, or was left for later.
    private static let forbidden = ["try!", " as! ", "fatalError(", "TODO", "FIXME", "XXX"]

    @Test("sources hold no traps and no leftovers")
    func traps() throws {
        for file in try Self.files(below: "Sources") {
            for (number, line) in file.lines.enumerated() {
                for word in Self.forbidden where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }

    /// Seen red with the reason of `OutboxRelay`'s box removed.
    @Test("every exception to the compiler's checks says why it holds")
    func safety() throws {
        for file in try Self.files(below: "Sources") {
            for (number, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = file.lines[max(0, number - 3)...number]
                #expect(before.contains { $0.contains("// SAFETY:") }, "\(file.path):\(number + 1)")
            }
        }
    }

    @Test("files and folders stay small")
    func sizes() throws {
        var filesOfFolder: [String: Int] = [:]
        for file in try Self.files(below: "Sources") + Self.files(below: "Tests") {
            #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines: has it one job?")
            filesOfFolder[(file.path as NSString).deletingLastPathComponent, default: 0] += 1
        }
        for (folder, count) in filesOfFolder.sorted(by: { $0.key < $1.key }) {
            let limit = folder.hasPrefix("Sources") ? 12 : 16
            #expect(count <= limit, "\(folder) has \(count) files: make folders for its concepts")
        }
    }

    @Test("no file is named for nothing")
    func names() throws {
        let empty = ["Utils", "Utilities", "Helper", "Manager", "Common", "Misc"]
        for file in try Self.files(below: "Sources") + Self.files(below: "Tests") {
            let name = (file.path as NSString).lastPathComponent
            for word in empty where name.contains(word) { Issue.record("\(file.path)") }
        }
    }

    @Test("every room has its article")
    func articles() throws {
        for room in HouseArrows.floors.keys where !room.hasPrefix("C") || room.hasPrefix("Catalog") {
            let article = TestServers.repository.appending(path: "Sources/\(room)/README.md")
            let text = try String(contentsOf: article, encoding: .utf8)
            #expect(text.count > 200, "\(room)'s article says nothing")
        }
    }

    @Test("tests wait for events, not for time to pass")
    func sleeps() throws {
        // A deadline is time that passes.
        let deadlines = ["HouseStyleTests.swift", "TestSupport/Deadline.swift"]
        for file in try Self.files(below: "Tests") where !deadlines.contains(where: file.path.hasSuffix) {
            for (number, line) in file.lines.enumerated() {
                for word in ["usleep(", "Thread.sleep", " Task.sleep(", "sleep(1"] where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }
}
