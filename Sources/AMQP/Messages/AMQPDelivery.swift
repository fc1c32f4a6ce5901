/// A message that the broker handed to a consumer, to be settled once by `ack()` or `reject(requeue:)`.
public struct AMQPDelivery: Sendable {
    /// The body.
    public let body: [UInt8]
    /// Properties and headers.
    public let properties: AMQPProperties
    /// The exchange that it was published to.
    public let exchange: String
    /// The routing key that it was published with.
    public let routingKey: String
    /// Whether it may have been delivered before.
    public let isRedelivered: Bool
    /// The broker's number for this delivery, valid within one epoch of its consumer.
    public let deliveryTag: UInt64
    /// Counts the times that the consumer's channel was opened.
    public let epoch: Int

    let mailbox: DeliveryMailbox

    /// What settles the delivery, for who keeps nothing else of it.
    public var receipt: Receipt { Receipt(deliveryTag: deliveryTag, epoch: epoch, mailbox: mailbox) }

    /// Settles one delivery, once.
    public struct Receipt: Sendable {
        fileprivate let deliveryTag: UInt64
        fileprivate let epoch: Int
        fileprivate let mailbox: DeliveryMailbox

        /// As the delivery's own.
        @discardableResult
        public func ack() -> Bool { mailbox.settle(deliveryTag, epoch: epoch, .ack) }

        /// As the delivery's own.
        @discardableResult
        public func reject(requeue: Bool) -> Bool {
            mailbox.settle(deliveryTag, epoch: epoch, .reject(requeue: requeue))
        }
    }

    /// Free headers.
    public var headers: [String: AMQPValue] { properties.headers }

    /// Tells the broker that the message is done. Acks gather and leave together.
    ///
    /// - Returns: false when the ack was discarded because the channel of this delivery is gone (the broker delivers the
    ///   message again) or because it was settled before. True means handed over to the connection, no more.
    @discardableResult
    public func ack() -> Bool { receipt.ack() }

    /// Refuses the message: back into the queue, or dead-lettered (dropped where the queue has no dead-letter exchange).
    /// A stream knows no rejection and closes the connection: ack instead.
    ///
    /// - Returns: as `ack()`.
    @discardableResult
    public func reject(requeue: Bool) -> Bool { receipt.reject(requeue: requeue) }
}
