import Domain
import Foundation

/// What an event tells, in words.
enum EventWords {
    /// One sentence's worth, without a line break of its own.
    static func text(_ update: TopicUpdate) -> String {
        do {
            return switch update.type {
            case .importProgress, .importFinished:
                text(try JSONDecoder().decode(ImportProgress.self, from: update.data))
            case .snapshotUpdated:
                text(try JSONDecoder().decode(SnapshotState.self, from: update.data))
            case .queuesChanged:
                text(queues: try JSONDecoder().decode(JSONValue.self, from: update.data).list("queues") ?? [])
            }
        } catch {
            return "\(update.type.rawValue), which this client cannot read"
        }
    }

    private static func text(_ progress: ImportProgress) -> String {
        let results = progress.results
        guard progress.finished else {
            let amount = progress.stages.first { $0.name == progress.stage }?.amountWords ?? ""
            return "\(progress.status.rawValue) \(progress.progress) %: \(progress.stage.rawValue)"
                + (amount.isEmpty ? "" : " \(amount)")
        }
        if let earlier = progress.sameAs {
            return "\(progress.status.rawValue): nothing was done, the same files as \(earlier)"
        }
        let counts = [
            ("read", results.totalRecords), ("inserted", results.inserted), ("updated", results.updated),
            ("unchanged", results.unchanged), ("deleted", results.deleted ?? 0),
            ("combined", results.combined ?? 0), ("refused", results.refused),
        ].filter { !["deleted", "combined"].contains($0.0) || $0.1 > 0 }.map { "\($1.grouped) \($0)" }.joined(
            separator: ", ")
        let why = progress.errorMessage.map { ": \($0)" } ?? ""
        return "\(progress.status.rawValue)\(why); \(counts)"
    }

    private static func text(_ snapshot: SnapshotState) -> String {
        "snapshot of version \(snapshot.version), \(snapshot.outlets.grouped) outlets, hash \(snapshot.hash.prefix(12))"
    }

    private static func text(queues: [JSONValue]) -> String {
        func sum(_ name: String) -> Int64 { queues.compactMap { $0[name]?.wholeNumber }.reduce(0, +) }
        let dead = sum("dead")
        let totals = "\(sum("ready").grouped) ready, \(sum("unacked").grouped) unacked, \(dead.grouped) dead"
        let busy = queues.filter { ($0["ready"]?.wholeNumber ?? 0) + ($0["unacked"]?.wholeNumber ?? 0) > 0 }
            .map { queue in
                "\(queue["name"]?.cell ?? "?") \(queue["ready"]?.cell ?? "0")+\(queue["unacked"]?.cell ?? "0")"
            }
        return busy.isEmpty ? "\(totals) in \(queues.count) queues" : "\(totals): " + busy.joined(separator: ", ")
    }
}
