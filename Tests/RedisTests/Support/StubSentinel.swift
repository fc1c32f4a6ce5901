import NIOCore
import NIOPosix
import Redis
import Synchronization
import TestSupport
import Testing

/// Answers every command as a sentinel told it would, for what a real one cannot be brought to say. Names the server at a
/// port of the loopback address, or keeps silent.
final class StubSentinel: Sendable {
    private let named = Mutex<Int?>(nil)

    /// Runs one for the time of `body`, which gets its port.
    static func with<Result>(
        naming port: Int?, _ body: (StubSentinel, Int) async throws -> Result
    ) async throws -> Result {
        let sentinel = StubSentinel()
        sentinel.name(port)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { $0.pipeline.addHandler(Answering(sentinel)) }
            .bind(host: "127.0.0.1", port: FreePort.any()).get()
        let port = try #require(listener.localAddress?.port)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(sentinel, port)) } catch { result = .failure(error) }
        try await listener.close()
        return try result.get()
    }

    /// Which server it names from now on; nil keeps silent.
    func name(_ port: Int?) { named.withLock { $0 = port } }

    fileprivate var answer: (ping: String, address: String)? {
        named.withLock { $0 }.map { port in
            ("+PONG\r\n", "*2\r\n$9\r\n127.0.0.1\r\n$\("\(port)".utf8.count)\r\n\(port)\r\n")
        }
    }
}

/// The client sends one command at a time, each in one piece.
private final class Answering: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let sentinel: StubSentinel

    init(_ sentinel: StubSentinel) { self.sentinel = sentinel }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answer = sentinel.answer else { return }
        let isPing = String(buffer: unwrapInboundIn(data)).contains("PING")
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(string: isPing ? answer.ping : answer.address)), promise: nil)
    }
}
