/// A file in the format of TSPLIB 95 and VRPLIB, taken apart into headers and sections.
struct VRPLIBText {
    struct Section {
        let title: NumberedLines.Line
        var lines: [NumberedLines.Line] = []
    }

    let text: NumberedLines
    private(set) var headers: [String: (value: String, line: NumberedLines.Line)] = [:]
    private(set) var sections: [String: Section] = [:]

    init(_ source: NumberedLines) throws(RouteFileError) {
        text = source
        var section: String?
        for line in source.lines {
            let first = line.words[0].uppercased()
            if first == "EOF" { break }
            if first.hasSuffix("_SECTION") || first.hasSuffix("_SECTION:") {
                let name = String(first.trimming(suffix: ":"))
                guard sections[name] == nil else { throw source.error(line, "\(name) comes a second time") }
                sections[name] = Section(title: line)
                section = name
            } else if let section, line.words[0].first?.isLetter != true {
                sections[section]?.lines.append(line)
            } else {
                guard let colon = line.text.firstIndex(of: ":") else {
                    throw source.error(line, "neither a header (NAME: value) nor part of a section")
                }
                let name = line.text[..<colon].split(whereSeparator: \.isWhitespace).joined().uppercased()
                let value = line.text[line.text.index(after: colon)...]
                headers[name] = (value.split(whereSeparator: \.isWhitespace).joined(separator: " "), line)
            }
        }
    }

    /// A header's number; nil where the header is missing.
    func number(_ header: String) throws(RouteFileError) -> Double? {
        guard let (value, line) = headers[header] else { return nil }
        return try text.number(value[...], line)
    }

    func whole(_ header: String) throws(RouteFileError) -> Int? {
        guard let (value, line) = headers[header] else { return nil }
        return try text.whole(value[...], line)
    }

    /// The rows of a section that begin with a number from 1 to `count`, each once, without it.
    func rows(_ name: String, count: Int, width: Int) throws(RouteFileError) -> [[Double]]? {
        guard let section = sections[name] else { return nil }
        var rows = [[Double]?](repeating: nil, count: count)
        for line in section.lines {
            let values = try text.numbers(line, atLeast: width + 1, name)
            let index = try text.whole(line.words[0], line)
            guard (1...count).contains(index) else {
                throw text.error(line, "\(name) names \(index), but there are 1 to \(count)")
            }
            guard rows[index - 1] == nil else { throw text.error(line, "\(name) names \(index) a second time") }
            rows[index - 1] = Array(values.dropFirst())
        }
        var whole: [[Double]] = []
        for (index, row) in rows.enumerated() {
            guard let row else { throw text.error(section.title, "\(name) lacks \(index + 1)") }
            whole.append(row)
        }
        return whole
    }
}

extension StringProtocol {
    func trimming(suffix: String) -> SubSequence { hasSuffix(suffix) ? dropLast(suffix.count) : self[...] }
}
