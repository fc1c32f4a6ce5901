import Domain
import Foundation
import Imports

/// The row stages of an import alone: a made file is divided, validated on two workers, and resolved.
///
/// usage: import-bench [ROWS] [ROUNDS], in the repository's root; 1,000,000 rows and five rounds by default.
@main
enum RowsBench {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let rows = numbers.first ?? 1_000_000
        let rounds = numbers.dropFirst().first ?? 5
        let schema = try JSONDecoder().decode(
            ImportSchema.self, from: Data(contentsOf: URL(filePath: "Benchmarks/rows/schema.json")))
        var made = try OutletFile(sample: URL(filePath: "Config/sample"), seed: 42)
        let file = made.bytes(rows: rows)
        print("\(rows) rows, \(file.count / 1_000_000) MB")
        let clock = ContinuousClock()
        for round in 1...rounds {
            let start = clock.now
            let trial = try RowStagesTrial(schema: schema, entity: "outlets", file: file)
            let divided = clock.now
            let processorBefore = Self.processorSeconds
            let outcome = await trial.validate(workers: 2)
            let validated = clock.now
            let processor = Self.processorSeconds - processorBefore
            let refused = try trial.resolve(outcome)
            let resolved = clock.now
            let seconds = [divided - start, validated - divided, resolved - validated].map { $0 / .seconds(1) }
            print(
                "round \(round): divide \(Self.text(seconds[0])) s, validate \(Self.text(seconds[1])) s"
                    + " = \(Int(Double(rows) / seconds[1])) rows/s (\(Self.text(processor)) s of processors), resolve \(Self.text(seconds[2])) s; "
                    + "\(outcome.refused) + \(refused) refused, \(outcome.issues) issues, "
                    + "\(outcome.stagedBytes / 1_000_000) MB staged, rows \(String(outcome.rowsHash, radix: 16))")
        }
    }

    /// What the process has used so far, on all processors: what others do on them does not count.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
