/// Bounds on what a producer can make grow.
package struct ImportLimits: Sendable {
    /// Files of one session.
    package var maximumFiles = 500
    /// Bytes of one file.
    package var maximumFileBytes: Int64 = 4 << 30
    /// Bytes that all files of one session are declared to have.
    package var maximumSessionBytes: Int64 = 64 << 30
    /// Sessions of one user of which the files are still uploaded; more wait for these to be started, cancelled or to expire.
    package var uploadingSessions = 100
    /// Bytes that each packed file out of an archive may unpack to, however many share what one file may.
    package var leastTextBytes = 64 << 20
    /// Seconds for which an upload or download URL holds.
    package var urlSeconds = 3600
    /// Bytes that a chunk of a file has at least, unless it has `chunkRecords` before.
    package var chunkBytes = 4 << 20
    /// Records with which a chunk ends, however few bytes they have: what is wrong with each is held in memory until all are
    /// checked, and that grows with their number. Rows of 84 bytes and more reach `chunkBytes` before.
    package var chunkRecords = 50_000
    /// Chunks of one session that wait in the queue at a time, so that sessions take turns.
    package var chunksInFlight = 8
    /// Merges of one user at work at a time: with one fewer than the queue `import.merge` runs at once, another user's need
    /// not wait for them.
    package var mergesOfUser = 2
    /// Files of one session that are under way at a time (specification, section 3.3).
    package var filesAtOnce = 5

    /// Seconds between two checkpoints of a job that looks at many files.
    package var checkpointSeconds = 2.0

    /// Jobs and events that may wait for the broker before no more work is taken.
    package var outboxEntries = 200_000

    /// Seconds without any change after which a running session counts as stuck.
    package var stuckSeconds = 300

    /// Hours after which a session whose files were never sealed expires.
    package var uploadHours = 24
    /// Hours for which a validated session waits to be processed.
    package var validatedHours = 168
    /// Hours without any progress after which a running session is given up.
    package var stalledHours = 24

    package init() {}
}
