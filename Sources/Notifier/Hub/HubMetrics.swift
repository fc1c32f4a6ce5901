/// What the hub did since it began, and what it holds.
package struct HubMetrics: Sendable, Equatable {
    /// Open sockets.
    package var sockets = 0
    package var subscriptions = 0
    /// Events taken from the log.
    package var events = 0
    /// Deliveries left out because their sequence was not newer than the subject's last.
    package var droppedDuplicates = 0
    /// Deliveries that are no events of ours.
    package var malformed = 0
    /// Events handed to sockets, each socket counted.
    package var delivered = 0
    /// Events left out in favour of newer ones because a client was slow.
    package var coalesced = 0
    /// Sockets closed because even coalesced events did not fit.
    package var overflowCloses = 0
    /// Topics resumed with everything that was missed.
    package var recovered = 0
    /// Topics that could not be resumed.
    package var notRecovered = 0
    package var ringBytes = 0
    /// What waits for clients, over all sockets.
    package var queuedBytes = 0
    /// Times that the log was found lost and begun anew.
    package var logRestarts = 0
}
