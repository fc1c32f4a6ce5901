import Hummingbird
import NIOCore

/// An upload's body in pieces of a size worth a write: the network's own are many times smaller.
struct UploadPieces: AsyncSequence {
    typealias Element = [UInt8]
    typealias Failure = any Error

    /// Bytes that each piece but the last has at least.
    static let pieceBytes = 1 << 18

    let body: RequestBody

    struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: RequestBody.AsyncIterator

        mutating func next() async throws -> [UInt8]? {
            var piece: [UInt8] = []
            while piece.count < UploadPieces.pieceBytes, let buffer = try await iterator.next() {
                if piece.isEmpty { piece.reserveCapacity(UploadPieces.pieceBytes + buffer.readableBytes) }
                piece.append(contentsOf: buffer.readableBytesView)
            }
            return piece.isEmpty ? nil : piece
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: body.makeAsyncIterator()) }
}
