import Domain
import Foundation
import Jobs

/// The files of a session that were surveyed already: what a run after a crash need not read again.
struct SurveyCheckpoint: Codable, Sendable {
    /// By the file's index.
    private(set) var findings: [Int: FileSurvey.Findings] = [:]
    private var saved = ContinuousClock.now

    enum CodingKeys: String, CodingKey { case findings }

    /// What the run before this one kept; nothing when there was none, or when another version wrote it.
    init(_ data: Data?) {
        guard let data else { return }
        do { self = try JSONDecoder().decode(SurveyCheckpoint.self, from: data) } catch { /* it is all done again */  }
    }

    init(from decoder: any Decoder) throws {
        findings = try decoder.container(keyedBy: CodingKeys.self).decode(
            [Int: FileSurvey.Findings].self, forKey: .findings)
    }

    /// Adds a file's findings, and keeps all of them with the job when the last time is `seconds` ago.
    mutating func add(_ file: Int, _ found: FileSurvey.Findings, to job: Job<ValidateSchemaJob>, every seconds: Double)
        async throws
    {
        findings[file] = found
        guard ContinuousClock.now - saved >= .seconds(seconds) else { return }
        try await job.save(checkpoint: try JSONEncoder().encode(self))
        saved = .now
    }
}
