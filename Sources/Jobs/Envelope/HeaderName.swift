/// The headers of SRTO's messages. CloudEvents attributes of events follow the binary mode of its AMQP binding
/// (attribute names prefixed with `cloudEvents:`); `id` and `type` travel as message properties besides. Jobs have their
/// `id`, `type` and `source` as properties only.
package enum HeaderName {
    package static let specVersion = "cloudEvents:specversion"
    package static let id = "cloudEvents:id"
    package static let source = "cloudEvents:source"
    package static let type = "cloudEvents:type"
    package static let subject = "cloudEvents:subject"
    package static let time = "cloudEvents:time"
    package static let sequence = "cloudEvents:sequence"
    /// Incarnation of the event log that an event was published to.
    package static let log = "cloudEvents:srtolog"
    /// W3C trace context.
    package static let traceparent = "traceparent"
    /// Attempts that ended in a retry. Our own: brokers drop or cap theirs.
    package static let attempts = "srto-attempts"
    package static let deadReason = "srto-dead-reason"
    package static let deadAttempts = "srto-dead-attempts"
    package static let deadAt = "srto-dead-at"
    /// A job that the broker had given up and that is delivered once more, to be abandoned.
    package static let lastChance = "srto-last-chance"
    /// Set by the broker: deliveries of this message before this one.
    package static let deliveryCount = "x-delivery-count"
    /// Set by the broker when it dead-letters by itself.
    package static let firstDeathReason = "x-first-death-reason"
}
