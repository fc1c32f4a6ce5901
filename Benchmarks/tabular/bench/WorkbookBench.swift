import Foundation
import Tabular

/// Seconds and peak memory of turning a workbook into CSV.
enum WorkbookBench {
    static func run(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let size = Int(try file.seekToEnd())
        var csvBytes = 0
        var rows = 0
        let seconds = try ContinuousClock().measure {
            var reader = try XlsxReader(archiveBytes: size, limits: XlsxLimits(maximumBytes: 1 << 33))
            while let range = reader.wanted {
                try file.seek(toOffset: UInt64(range.lowerBound))
                let piece = [UInt8](try file.read(upToCount: range.count) ?? Data())
                try reader.take(piece) { csv in
                    csvBytes += csv.count
                    rows += csv.count { $0 == UInt8(ascii: "\n") }
                }
            }
        }
        let peak =
            try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
            .first { $0.hasPrefix("VmHWM") } ?? ""
        let rate = Int(Double(rows) / (seconds / .seconds(1)) / 1000)
        print("\(path): \(size) bytes, \(rows) lines, \(csvBytes) bytes of CSV, \(seconds), \(rate) k rows/s, \(peak)")
    }
}
