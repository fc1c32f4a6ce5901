package import Foundation

/// How a job stands in the store.
package enum JobStanding: Sendable, Equatable {
    /// To be done, with what an earlier run of it saved.
    case open(checkpoint: Data?)
    /// Its mark is written.
    case applied
    /// A worker that is alive has it in hand, and its message is only there in case that worker dies.
    case leased
}

/// What the store knows of jobs while they run. The catalog's adapters implement it.
package protocol JobLedger: Sendable {
    /// How the job stands; one that the store has never seen is open. Handlers check the mark again inside the
    /// transaction of the effect; this read only saves the work.
    func standing(of jobID: String) async throws -> JobStanding

    /// Takes or renews the lease of an open job for `seconds` from now; false while another holder's lease runs, or when the
    /// job has had its effect.
    func lease(_ jobID: String, to holder: String, seconds: Int) async throws -> Bool

    /// Ends the holder's lease, so that the job's message may be taken up again.
    func endLease(of jobID: String, by holder: String) async throws

    /// Keeps how far the job is, for whoever runs it next.
    /// - Throws: `LeaseLost` when another worker has the job.
    func save(checkpoint: Data, of jobID: String, by holder: String) async throws
}

extension JobLedger {
    /// Whether the job's mark is written.
    package func isApplied(_ jobID: String) async throws -> Bool { try await standing(of: jobID) == .applied }
}

/// Another worker runs the job: this one has been taken for dead and must stop.
package struct LeaseLost: Error, CustomStringConvertible {
    package let jobID: String

    package init(jobID: String) { self.jobID = jobID }

    package var description: String { "another worker has taken the job \(jobID) over" }
}
