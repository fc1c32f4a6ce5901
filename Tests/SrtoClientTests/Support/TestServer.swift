import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A server on a port of its own that answers as a test says.
struct TestServer: Sendable {
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: Data

        var path: String { head.uri.split(separator: "?").first.map(String.init) ?? "" }
    }

    enum Answer: Sendable {
        case json(Int, String, headers: [String: String] = [:])
        case bytes(Data)
        /// Promises more bytes than it sends, and hangs up.
        case cutShort(Data)
        /// No answer at all.
        case hangUp
    }

    typealias HTTPHandler = @Sendable (Request) async throws -> Answer
    typealias SocketHandler = @Sendable (TestSocket) async throws -> Void

    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    private enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>)
        case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, HTTPRequestHead)
    }

    /// Serves while `body` runs.
    /// - Parameter port: 0 for any.
    static func serving<Value: Sendable>(
        port: Int = 0, http: @escaping HTTPHandler = { _ in .hangUp },
        refuseSockets: Bool = false, socket: @escaping SocketHandler = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> Value
    ) async throws -> Value {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, refuseSockets: refuseSockets) }
            }
        guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        return try await server.executeThenClose { inbound in
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { connections in
                        for try await connection in inbound {
                            connections.addTask {
                                // A connection that breaks is a test's wish, and its client's affair.
                                try? await serve(try await connection.get(), http, socket)
                            }
                        }
                    }
                    return nil
                }
                group.addTask { try await body(TestServer(port: port)) }
                defer { group.cancelAll() }
                while let ended = try await group.next() {
                    if let ended { return ended }
                }
                throw CancellationError()
            }
        }
    }

    private static func configure(
        _ channel: any Channel, refuseSockets: Bool
    ) throws -> EventLoopFuture<Connection> {
        let upgrader = NIOTypedWebSocketServerUpgrader<Connection>(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(refuseSockets ? nil : [:]) },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    .socket(try NIOAsyncChannel(wrappingChannelSynchronously: channel), head)
                }
            })
        let configuration = NIOUpgradableHTTPServerPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        .http(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                    }
                }))
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(configuration: configuration)
    }

    private static func serve(
        _ connection: Connection, _ http: @escaping HTTPHandler, _ socket: @escaping SocketHandler
    ) async throws {
        switch connection {
        case .socket(let channel, let head):
            try await channel.executeThenClose { inbound, outbound in
                try await socket(TestSocket(head: head, inbound: inbound, outbound: outbound))
            }
        case .http(let channel):
            try await channel.executeThenClose { inbound, outbound in
                var head: HTTPRequestHead?
                var body = Data()
                for try await part in inbound {
                    switch part {
                    case .head(let new): (head, body) = (new, Data())
                    case .body(let bytes): body += Data(bytes.readableBytesView)
                    case .end:
                        // NIO keeps the head of an upgrade that was refused to itself.
                        let refused = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/api/events")
                        let answer = try await http(Request(head: head ?? refused, body: body))
                        guard try await write(answer, outbound) else { return }
                    }
                }
            }
        }
    }

    /// - Returns: whether the connection lives on.
    private static func write(
        _ answer: Answer, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        var fields: HTTPHeaders = [:]
        let status: Int
        let body: Data
        var promised: Int?
        switch answer {
        case .hangUp: return false
        case .json(let code, let text, let more):
            (status, body) = (code, Data(text.utf8))
            fields.add(name: "content-type", value: code < 400 ? "application/json" : "application/problem+json")
            for (name, value) in more { fields.add(name: name, value: value) }
        case .bytes(let bytes): (status, body) = (200, bytes)
        case .cutShort(let bytes): (status, body, promised) = (200, bytes, bytes.count + 1000)
        }
        fields.add(name: "content-length", value: String(promised ?? body.count))
        try await outbound.write(
            .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)))
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
        guard promised == nil else { return false }
        try await outbound.write(.end(nil))
        return true
    }
}

/// The server's end of a WebSocket.
struct TestSocket {
    let head: HTTPRequestHead
    let inbound: NIOAsyncChannelInboundStream<WebSocketFrame>
    let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

    func send(_ json: String) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: json)))
    }

    func ping(_ text: String) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: text)))
    }

    func close(_ code: Int, _ reason: String) async throws {
        var data = ByteBuffer()
        data.writeInteger(UInt16(code))
        data.writeString(reason)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }

    /// Welcomes the client and waits for what it subscribes.
    /// - Returns: the frame as JSON text, and the iterator for what follows.
    func subscription() async throws -> (Data, NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator) {
        try await send(#"{"type":"welcome","user":"u","log":"L","heartbeatSeconds":25}"#)
        var frames = inbound.makeAsyncIterator()
        guard let frame = try await frames.next() else { throw ChannelError.eof }
        return (Data(frame.unmaskedData.readableBytesView), frames)
    }

    /// Waits until the client goes.
    func drain(_ frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator) async throws {
        var frames = frames
        while let frame = try await frames.next() {
            if frame.opcode == .connectionClose { return }
        }
    }
}

/// An event frame of a topic.
func eventFrame(
    _ topic: String, _ sequence: Int, offset: Int, event: String = "io.srto.queues.changed.v1", data: String = "{}"
) -> String {
    #"{"type":"event","topic":"\#(topic)","id":"e\#(sequence)","event":"\#(event)","sequence":\#(sequence),"offset":\#(offset),"log":"L","time":"2026-11-24T03:49:12.123Z","data":\#(data)}"#
}
