/// A file's text as lines of words, with their numbers, blank lines left out.
struct NumberedLines {
    struct Line {
        let number: Int
        let words: [Substring]
        let text: Substring
    }

    let file: String
    let lines: [Line]

    init(_ text: String, file: String) {
        self.file = file
        var lines: [Line] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if !words.isEmpty { lines.append(Line(number: index + 1, words: words, text: line)) }
        }
        self.lines = lines
    }

    func error(_ line: Line?, _ reason: String) -> RouteFileError {
        RouteFileError(file: file, line: line?.number, reason: reason)
    }

    /// A word as a finite number.
    func number(_ word: Substring, _ line: Line) throws(RouteFileError) -> Double {
        guard let value = Double(word), value.isFinite else { throw error(line, "\"\(word)\" is not a number") }
        return value
    }

    /// A word as a whole number.
    func whole(_ word: Substring, _ line: Line) throws(RouteFileError) -> Int {
        if let value = Int(word) { return value }
        guard let value = Double(word), let whole = Int(exactly: value) else {
            throw error(line, "\"\(word)\" is not a whole number")
        }
        return whole
    }

    /// All words of a line as numbers, at least so many.
    func numbers(_ line: Line, atLeast count: Int, _ meaning: String) throws(RouteFileError) -> [Double] {
        guard line.words.count >= count else {
            throw error(line, "\(meaning) wants \(count) numbers, here are \(line.words.count)")
        }
        var values: [Double] = []
        for word in line.words { values.append(try number(word, line)) }
        return values
    }
}
