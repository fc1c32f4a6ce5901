import Foundation
import Tabular

/// One line for each file: what the sniffer makes of its first 64 KiB and, where the whole of it says otherwise, how
/// its characters are written after all.
enum SniffReport {
    static func write(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let headBytes = 1 << 16
        let sniff = CSVSniffer.sniff(Array(bytes.prefix(headBytes)), isWholeFile: bytes.count <= headBytes)
        var detector = EncodingDetector()
        detector.feed(bytes)
        let whole = detector.finding(isComplete: true)
        var line = [
            (path as NSString).lastPathComponent, sniff.encoding.rawValue, sniff.newline.rawValue,
            sniff.dialect.delimiterName, "\(sniff.columnCount) columns",
            "preamble \(sniff.preambleLines)", sniff.hasHeader ? "header" : "no header",
            "confidence \((sniff.confidence * 1000).rounded() / 1000)\(sniff.mustAsk ? " ASK" : "")",
            "next: \(sniff.runnerUp.map { "\($0.dialect.delimiterName) \($0.columnCount)" } ?? "none")",
        ]
        if whole.encoding != sniff.encoding {
            line.append("as a whole: \(whole.encoding.rawValue) \((whole.confidence * 1000).rounded() / 1000)")
        }
        print(line.joined(separator: "\t"))
    }
}
