import Domain
import Imports

/// A session as the API tells it: the specification's import job, flat.
struct SessionAnswerReport: Encodable {
    struct File: Encodable {
        var fileName: String
        /// None of an archive whose files are not known yet.
        var entity: String?
        var fileSize: Int64?
        var sha256: String?
        var archive: ImportArchive?
        var read: Int
        var inserted: Int
        var updated: Int
        var unchanged: Int
        var deleted: Int
        var combined: Int
        var refused: Int
        var warnings: Int
        var format: FileReading?
    }

    /// The specification's `results`: the counts, and the first warnings of the error report.
    struct Results: Encodable {
        var counts: ImportResults
        var warnings: [SessionReport.Warning]

        private enum CodingKeys: String, CodingKey { case warnings }

        func encode(to encoder: any Encoder) throws {
            try counts.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(warnings, forKey: .warnings)
        }
    }

    /// The specification's `summary` of a validation (5.3), in its words.
    struct Summary: Encodable {
        var totalRecords: Int
        var validRecords: Int
        /// Issues, of which a record can have several.
        var errors: Int
        var warnings: Int

        private enum CodingKeys: String, CodingKey {
            case totalRecords = "total_records"
            case validRecords = "valid_records"
            case errors, warnings
        }

        init(_ results: ImportResults, _ tally: IssueTally) {
            totalRecords = results.totalRecords
            validRecords = results.totalRecords - results.refused
            errors = tally.errors
            warnings = tally.warnings
        }
    }

    var sessionId: String
    var userId: String
    var schemaId: String
    var schemaVersion: String
    var status: ImportStatus
    var stage: ImportStage
    var progress: Int
    var stages: [ImportProgress.Stage]
    var finished: Bool
    var results: Results
    var files: [File]
    var errorCode: String?
    var errorMessage: String?
    var createdAt: String
    var completedAt: String?
    var catalogVersion: Int64?
    /// The earlier session whose effect stands, so that nothing was done.
    var sameAs: String?
    var changedAt: String?
    var stuck: Bool
    var waiting: SessionWait?
    var summary: Summary?
    var issueCounts: [IssueTally.Code]?
    var reportUrl: String?

    init(_ report: SessionReport, origin: String) {
        let progress = report.progress
        sessionId = progress.sessionId
        userId = report.userId
        schemaId = progress.schemaId
        schemaVersion = report.schemaVersion
        status = progress.status
        stage = progress.stage
        self.progress = progress.progress
        stages = progress.stages
        finished = progress.finished
        results = Results(counts: progress.results, warnings: report.warnings)
        files = report.files.map { file in
            File(
                fileName: file.fileName, entity: file.entity == ImportFile.unsorted ? nil : file.entity,
                fileSize: file.fileSize, sha256: file.sha256, archive: file.archive,
                read: file.counts.read, inserted: file.counts.inserted, updated: file.counts.updated,
                unchanged: file.counts.unchanged, deleted: file.counts.deleted, combined: file.counts.combined,
                refused: file.counts.refused,
                warnings: file.counts.warnings, format: file.reading)
        }
        errorCode = progress.errorCode
        errorMessage = progress.errorMessage
        createdAt = report.createdAt
        completedAt = report.completedAt
        catalogVersion = report.catalogVersion
        sameAs = progress.sameAs
        changedAt = report.changedAt
        stuck = report.stuck
        waiting = report.waiting
        summary = report.tally.map { Summary(progress.results, $0) }
        issueCounts = report.tally?.codes
        reportUrl = report.reportUrl.map { origin + $0 }
    }
}
