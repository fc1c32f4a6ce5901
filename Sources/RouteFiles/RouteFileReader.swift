import Tabular

/// Reads a routing problem in any of the formats, gzipped or not.
package enum RouteFileReader {
    /// What a gzipped file may inflate to.
    private static let maximumBytes = 1 << 30

    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - name: what errors call the file; its format is told from the content.
    /// - Throws: the first fault, with its line.
    package static func read(_ bytes: [UInt8], name: String) throws(RouteFileError) -> RouteFile {
        let lines = NumberedLines(try text(bytes, name: name), file: name)
        guard let first = lines.lines.first else { throw lines.error(nil, "the file is empty") }
        if first.text.contains(":") { return try VRPLIBReader(lines).file() }
        if lines.lines.contains(where: { $0.words[0].uppercased() == "CUSTOMER" }) {
            return try SolomonReader(lines).file()
        }
        if first.words.allSatisfy({ Double($0) != nil }) { return try CordeauReader(lines).file() }
        throw lines.error(first, "neither VRPLIB, Solomon's nor Cordeau's format begins like this")
    }

    /// The text of a file, inflated where it is gzipped.
    package static func text(_ bytes: [UInt8], name: String) throws(RouteFileError) -> String {
        guard Gzip.isGzip(bytes) else { return String(decoding: bytes, as: UTF8.self) }
        do throws(TabularError) {
            return String(decoding: try Gzip.decompress(bytes, maximumBytes: maximumBytes), as: UTF8.self)
        } catch {
            throw RouteFileError(file: name, line: nil, reason: "\(error)")
        }
    }
}
