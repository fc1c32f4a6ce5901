import Domain
import Foundation

/// Decides what to do about each thing heard while an import runs. Pure: `ImportRun` carries it out.
struct ImportFollowing: Sendable {
    /// What is to be done, in order.
    enum Action: Sendable, Equatable {
        /// The topic is followed: ask the server to begin.
        case start
        /// Something was missed: read the state by HTTP.
        case reread
        case show(ImportStanding)
        /// The merge has begun. It is one transaction, so that no event can tell how far it is: ask until it is over.
        case watchMerge
        case say(String)
        /// The command has what it waits for.
        case end
        case fail(ClientError)
    }

    let sessionID: String
    let goal: ImportGoal
    private var started: Bool
    private var ended = false

    /// - Parameter started: whether the import runs already.
    init(sessionID: String, goal: ImportGoal, started: Bool = false) {
        self.sessionID = sessionID
        self.goal = goal
        self.started = started
    }

    /// Something was heard over the WebSocket.
    mutating func take(_ notice: FollowerNotice) -> [Action] {
        guard !ended else { return [] }
        switch notice {
        case .following:
            guard !started else { return [] }
            started = true
            return [.start]
        case .update(let update):
            return take(update)
        case .recovered:
            return [.say("connected again, nothing was missed")]
        case .missed:
            return [.say("some events were missed: reading how the import stands"), .reread]
        case .lost(let reason, let pause):
            return [.say("the server is away (\(reason)); trying again in \(pause.brief)")]
        case .warning(let text):
            return [.say(text)]
        case .refused(_, let message):
            ended = true
            return [.fail(ClientError(.refused(status: 403), "the import cannot be followed: \(message)"))]
        }
    }

    /// The state was read.
    mutating func take(_ standing: ImportStanding) -> [Action] {
        guard !ended else { return [] }
        ended = standing.isEnd(for: goal)
        if ended { return [.show(standing), .end] }
        return standing.stage == .merge ? [.show(standing), .watchMerge] : [.show(standing)]
    }

    private mutating func take(_ update: TopicUpdate) -> [Action] {
        switch update.type {
        case .importProgress, .importFinished:
            do {
                return take(ImportStanding(try JSONDecoder().decode(ImportProgress.self, from: update.data)))
            } catch {
                return [.say("event \(update.sequence) cannot be read (\(error)): reading the state"), .reread]
            }
        case .snapshotUpdated, .queuesChanged:
            return []
        }
    }
}
