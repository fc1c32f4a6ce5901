import Foundation
import NIOCore
import NIOHTTP1

/// Reads the answer of a server that does not upgrade: it says why.
final class UpgradeRefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// Kept when the whole answer was read.
    let promise: EventLoopPromise<ProblemDocument>
    private var status: Int?
    private var body: [UInt8] = []
    private static let maxBodyBytes = 64 * 1024

    init(promise: EventLoopPromise<ProblemDocument>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let part): body.append(contentsOf: part.readableBytesView.prefix(Self.maxBodyBytes - body.count))
        case .end: finish()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Upgraded, or closed: nobody waits any more, but no promise may be left open.
        promise.fail(ChannelError.eof)
    }

    private func finish() {
        guard let status else { return promise.fail(ChannelError.eof) }
        promise.succeed(ProblemDocument(status: status, body: Data(body)))
    }
}
