import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// One WebSocket connection to the server's `/api/events`.
enum EventSocket {
    typealias Connection = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// What became of the attempt.
    enum Outcome: Sendable {
        case open(Connection)
        case refused(ProblemDocument)
    }

    /// A server that says nothing for so long, pings included, is dead.
    static let silenceLimit = TimeAmount.seconds(60)
    private static let handshakeLimit = TimeAmount.seconds(10)
    private static let maxMessageBytes = 8 << 20

    /// Connects and asks for the upgrade.
    /// - Throws: what NIO throws when nobody answers.
    static func connect(
        _ address: ServerAddress, token: String, silenceLimit: TimeAmount = Self.silenceLimit
    ) async throws -> Outcome {
        let tls = address.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let upgraded = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(sslHandler(tls, host: address.host)) }
                    try pipeline.addHandler(IdleStateHandler(readTimeout: silenceLimit))
                    try pipeline.addHandler(SilenceHandler())
                    return try addUpgrade(to: pipeline, channel, head: request(address, token: token))
                }
            }
        return try await upgraded.get()
    }

    private static func sslHandler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        // Server name indication takes names, not addresses.
        let isName = (try? SocketAddress(ipAddress: host, port: 0)) == nil
        return try NIOSSLClientHandler(context: context, serverHostname: isName ? host : nil)
    }

    private static func request(_ address: ServerAddress, token: String) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "\(address.basePath)/api/events",
            headers: ["Host": address.authority, "Authorization": "Bearer \(token)"])
    }

    private static func addUpgrade(
        to pipeline: ChannelPipeline.SynchronousOperations, _ channel: any Channel, head: HTTPRequestHead
    ) throws -> EventLoopFuture<Outcome> {
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        let refusal = UpgradeRefusalHandler(promise: channel.eventLoop.makePromise(of: ProblemDocument.self))
        let refused = refusal.promise.futureResult.map { Outcome.refused($0) }
        let handler = NIOTypedHTTPClientUpgradeHandler(
            httpHandlers: [encoder, decoder, refusal],
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration<Outcome>(
                upgradeRequestHead: head, upgraders: [upgrader()], notUpgradingCompletionHandler: { _ in refused }))
        try pipeline.addHandlers([encoder, decoder, refusal, handler])
        let timer = channel.eventLoop.scheduleTask(in: handshakeLimit) { channel.close(promise: nil) }
        return handler.upgradeResultFuture.always { _ in timer.cancel() }
    }

    private static func upgrader() -> NIOTypedWebSocketClientUpgrader<Outcome> {
        NIOTypedWebSocketClientUpgrader(maxFrameSize: maxMessageBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                        maxAccumulatedFrameSize: maxMessageBytes))
                return .open(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
        }
    }
}

/// Ends a connection that the idle timer found silent.
private final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .read? = event as? IdleStateHandler.IdleStateEvent {
            context.fireErrorCaught(SilentPeer())
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

/// Nothing was heard for `EventSocket.silenceLimit`.
struct SilentPeer: Error, CustomStringConvertible {
    var description: String { "the server went silent" }
}
