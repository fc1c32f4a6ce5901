import Domain
import Tabular

/// Why a file is not imported.
struct FileRefusal: Error, Equatable {
    /// What a message shows of each name that a file gives.
    static let longestName = 60

    let code: IssueCode
    /// For the person who sent it; without a period, since what follows from it is added.
    let message: String
    /// How it would have been read, had it been guessed; nil where it cannot be read at all.
    let reading: FileReading?

    init(_ message: String) {
        code = .fileFormat
        self.message = message
        reading = nil
    }

    private init(asking message: String, insteadOf reading: FileReading) {
        code = .fileUnsure
        self.message = message
        self.reading = reading
    }

    /// Two encodings are about as likely.
    static func askingForEncoding(
        _ found: EncodingFinding, insteadOf reading: FileReading
    ) -> FileRefusal {
        let choices = [(found.encoding, found.confidence)] + (found.runnerUp.map { [($0, 1 - found.confidence)] } ?? [])
        return FileRefusal(
            asking: "its characters may be "
                + choices.map { "\($0.0.name) (\(percent($0.1)))" }.joined(separator: " or ")
                + ", and a wrong guess would spoil them: import it again and say which, with "
                + choices.compactMap(\.0.word).map { "--encoding \($0)" }.joined(separator: " or ")
                + " (in a request \"format\": {\"encoding\": …} of the file)", insteadOf: reading)
    }

    /// No delimiter makes a table that is to be believed.
    static func askingForDelimiter(_ sniff: CSVSniff) -> FileRefusal {
        let reading = FileReading(
            container: nil, member: nil, encoding: sniff.encoding.word ?? "",
            delimiter: StatedFormat.name(of: sniff.dialect.delimiter),
            quote: StatedFormat.name(of: sniff.dialect.quote),
            headerLine: sniff.preambleLines + 1, confidence: (sniff.confidence * 1000).rounded() / 1000,
            reasons: sniff.reasons)
        let answer = " (in a request \"format\": {\"delimiter\": …} of the file)"
        guard sniff.columnCount > 1 else {
            return FileRefusal(
                asking:
                    "nothing is found that divides its lines into columns, and none of the schema's columns is named: "
                    + "import it again and say what does, with --delimiter CHARACTER" + answer, insteadOf: reading)
        }
        let best = sniff.dialect
        var choices = [
            (best, "\(sniff.columnCount) columns with \(best.delimiterName) (\(percent(sniff.dialectConfidence)))")
        ]
        if let other = sniff.runnerUp {
            choices.append(
                (
                    other.dialect,
                    "\(other.columnCount) with \(other.dialect.delimiterName) (in \(percent(other.regularity)) of its lines)"
                ))
        }
        return FileRefusal(
            asking: "it may have " + choices.map(\.1).joined(separator: " or ")
                + ", and none of the schema's columns is named: import it again and say what divides them, with "
                + choices.map { "--delimiter '\(StatedFormat.name(of: $0.0.delimiter))'" }.joined(separator: " or ")
                + answer, insteadOf: reading)
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
