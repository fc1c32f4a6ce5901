package import Foundation

/// Work asked for inside a catalog transaction; the outbox relay carries it to its queue.
package struct JobRequest: Sendable, Equatable {
    /// Unique for ever, and the same each time the request is published: the consumer's deduplication key.
    package let id: String
    package let type: JobType
    /// What the job is about, for people: `import:ID` or `territory:ID`.
    package let subject: String
    /// Whether a person waits for it: it goes to the queue with reserved slots where there is one.
    package let interactive: Bool
    /// W3C trace context of the request that asked.
    package let traceparent: String?
    /// The payload, JSON.
    package let data: Data

    /// A request as a store kept it.
    package init(
        id: String, type: JobType, subject: String, interactive: Bool, traceparent: String?, data: Data
    ) {
        self.id = id
        self.type = type
        self.subject = subject
        self.interactive = interactive
        self.traceparent = traceparent
        self.data = data
    }

    /// Asks for `payload` under an id that the caller derives from what makes the work unique.
    package init<Payload: JobPayload>(
        id: String, _ payload: Payload, about topic: Topic, interactive: Bool = false, traceparent: String? = nil
    ) throws {
        self.init(
            id: id, type: Payload.type, subject: topic.description, interactive: interactive,
            traceparent: traceparent, data: try JSONEncoder.canonical.encode(payload))
    }
}

extension JSONEncoder {
    /// Sorted keys and plain slashes, so that equal values are equal bytes.
    package static var canonical: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
