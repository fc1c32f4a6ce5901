/// When a job counts as long, and how long a lease runs.
package struct LeaseTerms: Sendable, Equatable {
    /// A job that is in hand for so long has its message handed on. Below the broker's consumer timeout (RabbitMQ's is
    /// 30 minutes by default), which would close the channel.
    package var handOnAfter: Duration
    /// A worker that has not renewed its lease for so long counts as dead.
    package var lease: Duration

    package init(handOnAfter: Duration = .seconds(600), lease: Duration = .seconds(60)) {
        self.handOnAfter = handOnAfter
        self.lease = lease
    }

    var leaseSeconds: Int { max(1, Int(lease.components.seconds)) }

    /// A lease is renewed well before its end, and a long job noticed well before it is too long.
    var interval: Duration { min(lease / 3, handOnAfter / 4) }
}
