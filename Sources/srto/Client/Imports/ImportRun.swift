import Domain
import Foundation
import Synchronization

/// Carries one import from local files to its end.
final class ImportRun: Sendable {
    let api: ServerAPI
    let goal: ImportGoal
    /// Whether files are merged that were imported before, though their effect stands.
    let again: Bool
    let display: ProgressDisplay

    /// How far it came: what to tell a person who interrupts it.
    struct Reached: Sendable, Equatable {
        var sessionID: String?
        var isStarted = false
    }

    private let state = Mutex(Reached())
    private static let uploadsAtOnce = 5
    /// Bytes from which on a file is uploaded in parts: a smaller one is sooner sent again than asked for.
    private static let partsFrom: Int64 = 8 << 20
    /// How long between two looks at a merge.
    private static let mergeLook = Duration.milliseconds(400)

    init(api: ServerAPI, goal: ImportGoal, again: Bool = false, display: ProgressDisplay) {
        self.api = api
        self.again = again
        self.goal = goal
        self.display = display
    }

    var reached: Reached { state.withLock { $0 } }

    /// Opens a session and uploads every file to it.
    /// - Returns: the session's id.
    func upload(_ files: [LocalFile], schema: String, version: String?) async throws(ClientError) -> String {
        let opened = try await api.openSession(schema: schema, version: version, files: files)
        state.withLock { $0.sessionID = opened.sessionId }
        let uploads = try files.map { file throws(ClientError) in try Upload(file, opened) }
        let progress = UploadProgress(total: files.map(\.size).reduce(0, +), display: display)
        do {
            try await uploadAll(uploads, progress)
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError.interrupted
        }
        return opened.sessionId
    }

    /// A file and where it goes.
    private struct Upload {
        let file: LocalFile
        let link: String
        let isInParts: Bool

        init(_ file: LocalFile, _ opened: OpenedSessionDocument) throws(ClientError) {
            self.file = file
            let parts = file.size >= ImportRun.partsFrom ? opened.resumableUrls?[file.name] : nil
            guard let link = parts ?? opened.uploadUrls[file.name] else {
                throw ClientError(.misunderstood, "the server gave no upload URL for \(file.name)")
            }
            self.link = link
            isInParts = parts != nil
        }
    }

    private func uploadAll(_ uploads: [Upload], _ progress: UploadProgress) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, upload) in uploads.enumerated() {
                if position >= Self.uploadsAtOnce { try await group.next() }
                let (file, link) = (upload.file, upload.link)
                group.addTask { [api] in
                    let report = { @Sendable (bytes: Int64) in progress.report(file.name, bytes) }
                    if upload.isInParts {
                        try await api.uploadInParts(file, to: link, progress: report)
                    } else {
                        try await api.upload(file, to: link, progress: report)
                    }
                    progress.report(file.name, file.size)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks the server to begin and does not wait.
    func start(_ sessionID: String) async throws(ClientError) {
        try await api.start(sessionID, goal: goal, again: again)
        state.withLock { $0.isStarted = true }
    }

    /// Follows the session, begins it once it is followed, and returns when it is at its end.
    func startAndFollow(_ sessionID: String, patience: Duration) async throws(ClientError) {
        let follower = EventFollower(
            address: api.address, token: api.token, topics: [Topic.importSession(sessionID).description],
            patience: patience)
        var following = ImportFollowing(sessionID: sessionID, goal: goal)
        var mergeWatch: Task<Void, Never>?
        defer { mergeWatch?.cancel() }
        try await follower.run { notice throws(ClientError) in
            var actions = following.take(notice)[...]
            while let action = actions.popFirst() {
                switch action {
                case .start: try await self.start(sessionID)
                case .reread: actions += following.take(try await self.api.session(sessionID).standing)
                case .show(let standing):
                    mergeWatch?.cancel()
                    self.display.show(standing)
                case .watchMerge: mergeWatch = Task { await self.watchMerge(sessionID) }
                case .say(let text): self.display.say(text)
                case .end: return .stop
                case .fail(let error): throw error
                }
            }
            return .goOn
        }
    }

    /// Shows how far the merge is until it is over.
    private func watchMerge(_ sessionID: String) async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: Self.mergeLook)
                let standing = try await api.session(sessionID).standing
                guard standing.stage == .merge, !Task.isCancelled else { return }
                display.show(standing)
            } catch {
                // A finer bar is not worth a word: the events tell what matters.
                return
            }
        }
    }
}

/// Adds up the bytes of uploads that run side by side.
private final class UploadProgress: Sendable {
    private let sent = Mutex<[String: Int64]>([:])
    private let total: Int64
    private let display: ProgressDisplay

    init(total: Int64, display: ProgressDisplay) {
        self.total = total
        self.display = display
    }

    func report(_ name: String, _ bytes: Int64) {
        let sum = sent.withLock { sent in
            // A file that is sent again from where the server has it has come no less far.
            sent[name] = max(sent[name] ?? 0, bytes)
            return sent.values.reduce(0, +)
        }
        display.uploaded(sum, of: total)
    }
}
