import Foundation

/// When a worse solution is accepted: simulated annealing whose temperature falls exponentially with what is spent of
/// the time or of the iterations (Kirkpatrick, Gelatt and Vecchi 1983).
struct Annealing {
    private let start: Double
    /// The temperature when all is spent.
    var end: Double
    private(set) var temperature: Double

    init(start: Double, end: Double) {
        self.start = start
        self.end = end
        temperature = start
    }

    /// - Parameter spent: the part of the run that is over, 0 to 1.
    mutating func cool(spent: Double) {
        temperature = start * pow(end / start, min(1, max(0, spent)))
    }

    /// How much dearer a solution may become, drawn anew for each.
    @inline(__always)
    func allowance(_ random: inout Random) -> Double { -temperature * log(1 - random.unit()) }
}
