/// What a job does. The raw value is the CloudEvents `type` of its message, version included.
package enum JobType: String, Sendable, Codable, CaseIterable {
    case validateSchema = "io.srto.import.validate-schema.v1"
    case validateChunk = "io.srto.import.validate-chunk.v1"
    case resolve = "io.srto.import.resolve.v1"
    case merge = "io.srto.import.merge.v1"
    case rollback = "io.srto.import.rollback.v1"
    case geocode = "io.srto.catalog.geocode.v1"
    case regenerateSnapshot = "io.srto.snapshot.regenerate.v1"
}

/// What a job is told: references, never file contents.
package protocol JobPayload: Codable, Sendable {
    /// The job that this payload belongs to.
    static var type: JobType { get }
}
