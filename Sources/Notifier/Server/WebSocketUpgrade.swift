import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Turns an HTTP/1.1 connection into a WebSocket, on any of its requests.
///
/// NIO's upgrade handler takes only the first request of a connection, but a proxy may send an upgrade over one that
/// it kept alive. The request is in the responder's hands then and nothing else is under way, so the pipeline can be
/// changed there: WebSocket handlers come in behind the HTTP decoder, and the HTTP codec goes out.
enum WebSocketUpgrade {
    /// Upgrades; the socket's handler is in place when the client reads the answer.
    static func perform(
        _ request: UpgradeRequest, on channel: any Channel, socket: Socket, configuration: NotifierConfiguration
    ) async throws {
        let answer = try await answer(to: request, on: channel, configuration: configuration)
        try await channel.eventLoop.flatSubmit {
            channel.eventLoop.makeCompletedFuture { () throws -> EventLoopFuture<Void> in
                try exchangeHandlers(of: channel, answer: answer, socket: socket, configuration: configuration)
            }.flatMap { $0 }
        }.get()
    }

    private static func exchangeHandlers(
        of channel: any Channel, answer: ByteBuffer, socket: Socket, configuration: NotifierConfiguration
    ) throws -> EventLoopFuture<Void> {
        let pipeline = channel.pipeline.syncOperations
        guard let options = channel.syncOptions else {
            throw NotifierError(.notUpgradable, "the channel has no options to set on its event loop")
        }
        let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
        let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let high = configuration.maxBufferedBytes
        try options.setOption(.writeBufferWaterMark, value: .init(low: max(1, high / 4), high: high))
        let handlers: [any ChannelHandler] = [
            WebSocketFrameEncoder(),
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: configuration.maxFrameBytes)),
            ClientFrameRules(),
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 64,
                maxAccumulatedFrameSize: configuration.maxFrameBytes),
            WebSocketHandler(socket: socket, configuration: configuration),
        ]
        try pipeline.addHandlers(handlers, position: .after(decoder.handler))
        return pipeline.removeHandler(context: decoder).assumeIsolated().flatMap {
            encoder.writeAndFlush(NIOAny(answer), promise: nil)
            return pipeline.removeHandler(context: encoder)
        }.nonisolated()
    }

    /// The 101 answer. NIO's upgrader computes `Sec-WebSocket-Accept`; only its answer is used.
    private static func answer(
        to request: UpgradeRequest, on channel: any Channel, configuration: NotifierConfiguration
    ) async throws -> ByteBuffer {
        let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
            shouldUpgrade: { channel, _ in
                var extra = HTTPHeaders()
                if let subprotocol = request.subprotocol {
                    extra.add(name: "Sec-WebSocket-Protocol", value: subprotocol)
                }
                return channel.eventLoop.makeSucceededFuture(extra)
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: configuration.path,
            headers: ["Sec-WebSocket-Key": request.key, "Sec-WebSocket-Version": "13"])
        let headers = try await upgrader.buildUpgradeResponse(
            channel: channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).get()
        var text = "HTTP/1.1 101 Switching Protocols\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return ByteBuffer(string: text + "\r\n")
    }
}
