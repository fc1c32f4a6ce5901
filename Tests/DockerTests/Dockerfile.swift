import Foundation
import TestSupport

/// `docker/Dockerfile`, instruction by instruction.
struct Dockerfile {
    /// One instruction, continued lines joined, words split at blanks.
    struct Instruction {
        let name: String
        let arguments: String

        var words: [String] { arguments.split(separator: " ").map(String.init) }

        /// The exec form: a JSON list.
        var list: [String]? { try? JSONDecoder().decode([String].self, from: Data(arguments.utf8)) }
    }

    /// The instructions of each stage, its `FROM` first.
    let stages: [[Instruction]]

    init() throws {
        let file = TestServers.repository.appending(path: "docker/Dockerfile")
        let text = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n").filter { !$0.drop(while: \.isWhitespace).hasPrefix("#") }.joined(separator: "\n")
        let instructions = text.replacing(/\\\n\s*/, with: "").split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return Instruction(name: String(parts[0]), arguments: parts.count > 1 ? String(parts[1]) : "")
        }
        stages = instructions.reduce(into: []) { stages, instruction in
            if instruction.name == "FROM" || stages.isEmpty { stages.append([]) }
            stages[stages.count - 1].append(instruction)
        }
    }

    /// The last instruction of this name in the final stage.
    func last(_ name: String) -> Instruction? { stages.last?.last { $0.name == name } }

    /// What `apt-get install` installs in a stage.
    static func packages(_ stage: [Instruction]) -> [String] {
        stage.filter { $0.name == "RUN" }.flatMap { run in
            run.arguments.split(separator: "&&").filter { $0.contains("apt-get install") }.flatMap { command in
                command.split(separator: " ").map(String.init).drop { $0 != "install" }.dropFirst()
                    .filter { !$0.hasPrefix("-") }
            }
        }
    }
}
