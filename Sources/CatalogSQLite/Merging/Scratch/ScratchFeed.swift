import Dispatch
import Domain

/// Takes what comparisons find to differ and has it written into the scratch, on a thread beside them.
final class ScratchFeed {
    private let line = ScratchLine()

    /// - Parameter open: opens the scratch, on that thread.
    init(_ open: @Sendable @escaping () throws -> ScratchFile) {
        DispatchQueue(label: "srto.merge").async { [line] in
            line.stopped(
                Result {
                    let file = try open()
                    var writer = ScratchWriter(file)
                    while let order = try line.take() { try writer.carryOut(order) }
                    return try file.finish()
                })
        }
    }

    /// Hands an order over.
    /// - Throws: why the thread has stopped.
    func give(_ order: ScratchOrder) throws { try line.give(order) }

    /// Ends all of it: when this returns, everything is written.
    func complete() throws -> [ScratchFile.Tree] { try line.complete() }

    /// Gives up.
    func abandon() { line.abandon() }
}
