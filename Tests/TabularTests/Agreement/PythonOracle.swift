import Foundation
import Tabular
import TestSupport

/// What Python's csv module makes of texts: one process for many.
struct PythonOracle {
    /// A text to read.
    struct Question {
        let bytes: [UInt8]
        let dialect: CSVDialect
    }

    /// Python's records, empty lines left out.
    struct Answer {
        let isRefusedByStrictReader: Bool
        let records: [[[UInt8]]]
    }

    struct Failure: Error {
        let message: String
    }

    static func answers(to questions: [Question]) async throws -> [Answer] {
        try await TestFolder.with { folder in
            var input: [UInt8] = []
            for question in questions {
                input += [question.dialect.delimiter, question.dialect.quote]
                for shift in [0, 8, 16, 24] { input.append(UInt8(truncatingIfNeeded: question.bytes.count >> shift)) }
                input += question.bytes
            }
            let source = folder.appending(path: "questions")
            let target = folder.appending(path: "answers")
            try Data(input).write(to: source)
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "csv_oracle.py")
            let outcome = try await Command.run(
                URL(filePath: "/usr/bin/env"), ["python3", script.path, source.path, target.path],
                environment: ProcessInfo.processInfo.environment)
            guard outcome.status == 0 else { throw Failure(message: "python3: \(outcome.errors)") }
            var reader = AnswerReader(bytes: [UInt8](try Data(contentsOf: target)))
            return questions.map { _ in reader.answer() }
        }
    }
}

private struct AnswerReader {
    let bytes: [UInt8]
    var position = 0

    mutating func answer() -> PythonOracle.Answer {
        let isRefused = bytes[position] == 1
        position += 1
        let records = (0..<word()).map { _ in (0..<word()).map { _ in field() } }
        return PythonOracle.Answer(isRefusedByStrictReader: isRefused, records: records)
    }

    private mutating func field() -> [UInt8] {
        let length = word()
        position += length
        return Array(bytes[(position - length)..<position])
    }

    private mutating func word() -> Int {
        position += 4
        return (1...4).reduce(0) { $0 << 8 | Int(bytes[position - $1]) }
    }
}
