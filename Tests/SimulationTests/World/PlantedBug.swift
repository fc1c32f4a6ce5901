/// Mistakes that a job runtime is known for. The simulation must find each of them.
enum PlantedBug: String, CaseIterable, Sendable {
    /// Nothing remembers which jobs had their effect.
    case noDeduplication
    /// A message is acknowledged when it is delivered, not when its effect is safe.
    case ackBeforeApply
    /// The join after the chunks counts deliveries, not chunks.
    case joinOnPlainCounter
    /// A retry's first message is acknowledged before the broker has confirmed the second.
    case retryAckedBeforeConfirm
    /// A job keeps its delivery for as long as it takes.
    case longJobsKept
    /// A queue that is gone is declared anew, and what lay in it is forgotten.
    case lostQueueForgotten
}
