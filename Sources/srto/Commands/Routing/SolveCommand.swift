import ArgumentParser
import Foundation
import RouteFiles
import RouteSolver

/// `srto solve`: plans the routes of an instance file.
struct SolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solve", abstract: "Plan the routes of a VRPLIB, Solomon or Cordeau file.",
        discussion: """
            Shows cost and, where NAME.sol or bks.csv beside the file names the best known cost, the gap to it. Ctrl-C ends the \
            search and keeps the best plan. With --iterations and one thread, the same seed gives the same plan.
            """)

    @Argument(help: ArgumentHelp("The instance, .gz or not.", valueName: "file"))
    var path: String
    @Option(help: "Longest time in seconds.") var seconds = 60.0
    @Option(help: "Threads; as many as the machine has cores when not given, one with --iterations.") var threads: Int?
    @Option(help: "Seed of the search's random numbers.") var seed: UInt64 = 1
    @Option(help: "Most iterations.") var iterations: Int?
    @Option(name: [.short, .long], help: ArgumentHelp("Write the plan to this file.", valueName: "file.sol"))
    var output: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds must be above 0.") }
        guard (threads ?? 1) > 0 else { throw ValidationError("--threads must be above 0.") }
        guard (iterations ?? 1) > 0 else { throw ValidationError("--iterations must be above 0.") }
    }

    func run() async throws {
        let console = Console()
        let instance = try InstanceFile(path: path)
        let solver: Solver
        do throws(ProblemError) {
            solver = try Solver(instance.file.problem)
        } catch {
            throw RouteFileError(file: path, line: nil, reason: "\(error)")
        }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let options = SolverOptions(
            timeLimit: .seconds(seconds), iterationLimit: iterations,
            threads: threads ?? (iterations == nil ? cores : 1), seed: seed)
        let cancellation = Cancellation()
        let line = SolveProgressLine(instance: instance, seconds: seconds, console: console)
        // Not a child: Ctrl-C cancels the search, whose result is still wanted.
        let search = Task { await Self.follow(solver.events(options, cancellation), line) }
        let outcome = try await Interruption.guarding {
            await withTaskCancellationHandler {
                await search.value
            } onCancel: {
                cancellation.cancel()
            }
        }
        guard let outcome = await search.value ?? outcome ?? nil else { throw ExitCode(130) }
        try report(outcome, instance, console)
    }

    private static func follow(
        _ events: AsyncStream<SolverEvent>, _ line: SolveProgressLine
    ) async -> SolverOutcome? {
        var line = line
        for await event in events {
            switch event {
            case .progress(let progress), .better(_, let progress): line.show(progress)
            case .finished(let outcome):
                line.clear()
                return outcome
            }
        }
        return nil
    }

    private func report(_ outcome: SolverOutcome, _ instance: InstanceFile, _ console: Console) throws {
        let cost = outcome.verdict.cost.total * instance.file.costFactor
        if let output {
            let text = SolutionFile.write(outcome.plan, cost: cost, of: instance.file)
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: output))
            } catch {
                throw ClientError(.file, "\(output) cannot be written: \(error.localizedDescription)")
            }
        }
        let result = SolveResult(outcome, instance)
        console.print(json ? try result.json() : result.text())
        if !outcome.verdict.isFeasible { throw ExitCode(1) }
    }
}
