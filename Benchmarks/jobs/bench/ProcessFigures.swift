import Foundation

/// What this process holds of the system's resources (Linux).
struct ProcessFigures: Sendable {
    let descriptors: Int
    let threads: Int
    /// Resident set, KiB.
    let residentKiB: Int

    /// Reads them now.
    static func now() throws -> ProcessFigures {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return ProcessFigures(
            descriptors: try descriptors().count, threads: try number(after: "Threads:", in: status),
            residentKiB: try number(after: "VmRSS:", in: status))
    }

    /// The numbers of the open descriptors.
    static func descriptors() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
    }

    private static func number(after name: String, in status: String) throws -> Int {
        for line in status.split(separator: "\n") where line.hasPrefix(name) {
            if let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
                return number
            }
        }
        throw BenchError("/proc/self/status has no \(name)")
    }
}
