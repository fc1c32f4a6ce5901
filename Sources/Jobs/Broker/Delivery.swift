/// A message in the hands of a consumer, until it settles it.
package struct Delivery: Sendable {
    package let message: WireMessage
    /// Deliveries of this message before this one, as the broker counts them.
    package let deliveryCount: Int
    /// Position in a stream; nil for a queue.
    package let offset: Int64?
    private let settle: @Sendable (Settlement) async throws(BrokerError) -> Void

    /// How a delivery is settled.
    package enum Settlement: Sendable { case ack, requeue }

    package init(
        message: WireMessage, deliveryCount: Int, offset: Int64?,
        settle: @escaping @Sendable (Settlement) async throws(BrokerError) -> Void
    ) {
        self.message = message
        self.deliveryCount = deliveryCount
        self.offset = offset
        self.settle = settle
    }

    /// The work is done: the broker may forget the message. An ack from before a reconnect has no effect; the
    /// message is delivered again and recognised by its id.
    package func ack() async throws(BrokerError) { try await settle(.ack) }

    /// Gives the message back; the broker counts a delivery.
    package func requeue() async throws(BrokerError) { try await settle(.requeue) }
}
