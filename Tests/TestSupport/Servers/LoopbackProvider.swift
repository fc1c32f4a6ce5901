import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server on loopback that answers what a test tells it to, and remembers what it was asked.
package final class LoopbackProvider: Sendable {
    /// What came.
    package struct Question: Sendable {
        /// Path and query, as sent.
        package let uri: String
        package let headers: HTTPHeaders
    }

    /// What goes back.
    package enum Reply: Sendable {
        case answer(status: Int, headers: [(String, String)] = [], body: String)
        /// The head of an answer, and nothing more.
        case headOnly
        /// Nothing at all.
        case silence
    }

    private let state = Mutex<[Question]>([])
    private let answer: @Sendable (Question) -> Reply

    private init(_ answer: @escaping @Sendable (Question) -> Reply) { self.answer = answer }

    /// What was asked so far, in order.
    package var questions: [Question] { state.withLock { $0 } }

    /// Listens, runs the body with the server and its address, and closes.
    package static func with<Value>(
        answering answer: @escaping @Sendable (Question) -> Reply,
        _ body: (LoopbackProvider, _ url: String) async throws -> Value
    ) async throws -> Value {
        let provider = LoopbackProvider(answer)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answering { provider.reply(to: $0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        defer { listener.close(promise: nil) }
        return try await body(provider, "http://127.0.0.1:\(listener.localAddress?.port ?? 0)")
    }

    private func reply(to question: Question) -> Reply {
        state.withLock { $0.append(question) }
        return answer(question)
    }
}

private final class Answering: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let reply: @Sendable (LoopbackProvider.Question) -> LoopbackProvider.Reply

    init(_ reply: @escaping @Sendable (LoopbackProvider.Question) -> LoopbackProvider.Reply) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        switch reply(LoopbackProvider.Question(uri: head.uri, headers: head.headers)) {
        case .silence: return
        case .headOnly:
            write(status: 200, [("Content-Length", "100")], context)
            context.flush()
        case .answer(let status, let headers, let body):
            write(status: status, headers + [("Content-Length", "\(body.utf8.count)")], context)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func write(status: Int, _ headers: [(String, String)], _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }
}
