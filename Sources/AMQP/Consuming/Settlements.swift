/// What became of deliveries since the broker was last told, and how to tell it with few words.
struct Settlements {
    /// Delivery tags, in the order of their acks.
    private(set) var acked: [UInt64] = []
    private(set) var rejected: [(tag: UInt64, requeue: Bool)] = []
    /// Every delivery below this one is settled; nil when none is left.
    var lowestUnsettled: UInt64?

    var count: Int { acked.count + rejected.count }
    var isEmpty: Bool { acked.isEmpty && rejected.isEmpty }

    mutating func ack(_ tag: UInt64) { acked.append(tag) }

    mutating func reject(_ tag: UInt64, requeue: Bool) { rejected.append((tag, requeue)) }

    /// One ack stands for all those below the lowest delivery that is still in hand; the others are named one by one.
    /// Rejections come first, since such an ack would take what they mean to reject.
    var methods: [ClientMethod] {
        var methods = rejected.map { ClientMethod.reject(deliveryTag: $0.tag, requeue: $0.requeue) }
        let bound = lowestUnsettled ?? .max
        if let last = acked.lazy.filter({ $0 < bound }).max() {
            methods.append(.ack(deliveryTag: last, multiple: true))
        }
        for tag in acked where tag > bound { methods.append(.ack(deliveryTag: tag, multiple: false)) }
        return methods
    }
}
