import Domain
import Foundation

/// The rules of one client's conversation: what each of its frames asks for, and how much of it is allowed.
struct SocketSession: Sendable {
    /// What is to be done about a frame, in order.
    enum Step: Sendable, Equatable {
        case authenticate(token: String)
        case subscribe([Topic], ClientPosition?)
        case unsubscribe([Topic])
        case answer(ServerFrame)
        case close(SocketClose)
    }

    private let maxTopics: Int
    private let maxFaults: Int
    private var limit: RateLimit
    private var faults = 0
    /// Nil until the client has shown a token.
    var user: UserContext?
    private(set) var topics: Set<Topic> = []

    init(configuration: NotifierConfiguration, user: UserContext?) {
        maxTopics = configuration.maxTopicsPerSocket
        maxFaults = configuration.maxFaults
        limit = RateLimit(perSecond: configuration.subscribeFramesPerSecond)
        self.user = user
    }

    /// Reads a text frame that came at `now`.
    mutating func receive(_ text: Data, at now: ContinuousClock.Instant) -> [Step] {
        let frame: ClientFrame
        do throws(NotifierError) {
            frame = try ClientFrame(json: text)
        } catch {
            return fault(ServerFrame.Failure(message: error.message))
        }
        switch frame {
        case .authenticate(let token):
            guard limit.take(at: now) else { return tooFast() }
            return [.authenticate(token: token)]
        case .ping:
            return [.answer(.pong)]
        case .subscribe(let names, let position):
            guard user != nil else { return unknownUser() }
            guard limit.take(at: now) else { return tooFast() }
            return subscribe(names, position)
        case .unsubscribe(let names):
            guard user != nil else { return unknownUser() }
            return [.unsubscribe(names.compactMap(Topic.init).filter { topics.remove($0) != nil })]
        }
    }

    /// A topic that the user may not follow, or that could not be read, is not followed.
    mutating func drop(_ topic: Topic) {
        topics.remove(topic)
    }

    private mutating func subscribe(_ names: [String], _ position: ClientPosition?) -> [Step] {
        guard names.count <= maxTopics else {
            return fault(ServerFrame.Failure(message: "a socket follows \(maxTopics) topics at most; none is taken"))
        }
        var accepted: [Topic] = []
        var refused: [ServerFrame.Failure] = []
        for name in names {
            if let topic = Topic(name) {
                if topics.contains(topic) || topics.count < maxTopics {
                    topics.insert(topic)
                    if !accepted.contains(topic) { accepted.append(topic) }
                } else {
                    refused.append(
                        ServerFrame.Failure(
                            message: "a socket follows \(maxTopics) topics at most: unsubscribe some or open another",
                            topic: name))
                }
            } else {
                refused.append(
                    ServerFrame.Failure(
                        message: "no such topic: known are import:ID, territory:ID and queues",
                        topic: String(name.prefix(200))))
            }
        }
        // One frame is one fault, however many topics it gets wrong.
        var steps = refused.dropLast().map { Step.answer(.error($0)) }
        if let last = refused.last { steps += fault(last) }
        if !accepted.isEmpty { steps.append(.subscribe(accepted, position)) }
        return steps
    }

    private mutating func unknownUser() -> [Step] {
        fault(
            ServerFrame.Failure(
                code: .invalidToken, message: "show a token first: {\"type\":\"authenticate\",\"token\":\"...\"}"))
    }

    private mutating func tooFast() -> [Step] {
        fault(ServerFrame.Failure(message: "too many frames a second: name several topics in one, or wait"))
    }

    private mutating func fault(_ failure: ServerFrame.Failure) -> [Step] {
        faults += 1
        guard faults < maxFaults else {
            return [.answer(.error(failure)), .close(SocketClose(.policyViolation, "too many bad frames"))]
        }
        return [.answer(.error(failure))]
    }
}
