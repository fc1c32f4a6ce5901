import Foundation
import NIOCore
import NIOPosix

@testable import Notifier

/// A client that speaks HTTP/1.1 and RFC 6455 byte by byte, so that it can also break their rules.
final class WireClient: Sendable {
    enum Item: Sendable, Equatable {
        case response(status: Int, head: String, body: Data)
        case text(Data)
        case ping
        case pong(Data)
        case close(UInt16, String)
        case ended
    }

    struct Unexpected: Error {
        let item: Item
    }

    let mailbox: Mailbox<Item>
    private let channel: any Channel
    private let port: Int

    /// - Parameter receiveBuffer: bytes that the system buffers for a client that does not read.
    init(port: Int, receiveBuffer: Int? = nil) async throws {
        let mailbox = Mailbox<Item>()
        self.mailbox = mailbox
        self.port = port
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WireHandler(mailbox: mailbox))
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: numericCast(receiveBuffer))
        }
        channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
    }

    /// Sends a GET request.
    func get(_ path: String, _ headers: [String] = []) async throws {
        let lines = ["GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + headers
        try await channel.writeAndFlush(ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n"))
    }

    /// Asks for a WebSocket and returns the answer.
    func upgrade(_ headers: [String] = []) async throws -> (status: Int, head: String, body: Data) {
        try await get(
            "/api/events",
            [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + headers)
        return try await response()
    }

    func response() async throws -> (status: Int, head: String, body: Data) {
        let item = try await mailbox.next()
        guard case .response(let status, let head, let body) = item else { throw Unexpected(item: item) }
        return (status, head, body)
    }

    /// The next frame of the server; pings in between are answered.
    func frame() async throws -> ServerFrame {
        while true {
            switch try await mailbox.next() {
            case .text(let text): return try ServerFrame(json: text)
            case .ping: try await send(opcode: 10, [])
            case let item: throw Unexpected(item: item)
            }
        }
    }

    func welcome() async throws -> ServerFrame.Welcome {
        let frame = try await frame()
        guard case .welcome(let welcome) = frame else { throw UnexpectedFrame(frame: frame) }
        return welcome
    }

    func subscribed() async throws -> ServerFrame.Subscribed {
        let frame = try await frame()
        guard case .subscribed(let subscribed) = frame else { throw UnexpectedFrame(frame: frame) }
        return subscribed
    }

    func event() async throws -> ServerFrame.Event {
        let frame = try await frame()
        guard case .event(let event) = frame else { throw UnexpectedFrame(frame: frame) }
        return event
    }

    func failure() async throws -> ServerFrame.Failure {
        let frame = try await frame()
        guard case .error(let failure) = frame else { throw UnexpectedFrame(frame: frame) }
        return failure
    }

    /// Code and reason of the server's close; frames before it are passed over.
    func close() async throws -> (code: UInt16, reason: String) {
        while true {
            switch try await mailbox.next() {
            case .close(let code, let reason): return (code, reason)
            case .ended: throw Unexpected(item: .ended)
            default: continue
            }
        }
    }

    func send(_ frame: ClientFrame) async throws {
        try await send(opcode: 1, Array(try frame.json()))
    }

    /// Sends a frame many times in one write.
    func send(_ frame: ClientFrame, times: Int) async throws {
        let one = Self.bytes(opcode: 1, Array(try frame.json()), masked: true, fin: true)
        var many = ByteBuffer()
        for _ in 0..<times { many.writeImmutableBuffer(one) }
        try await channel.writeAndFlush(many)
    }

    /// Sends one frame.
    func send(opcode: UInt8, _ payload: [UInt8], masked: Bool = true, fin: Bool = true) async throws {
        try await channel.writeAndFlush(Self.bytes(opcode: opcode, payload, masked: masked, fin: fin))
    }

    private static func bytes(opcode: UInt8, _ payload: [UInt8], masked: Bool, fin: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger((fin ? 0x80 : 0) | opcode)
        let mask: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case 0..<126: buffer.writeInteger(mask | UInt8(payload.count))
        case 126..<65_536:
            buffer.writeInteger(mask | 126)
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(mask | 127)
            buffer.writeInteger(UInt64(payload.count))
        }
        // A key of zeros masks every byte as itself.
        if masked { buffer.writeInteger(UInt32(0)) }
        buffer.writeBytes(payload)
        return buffer
    }

    /// Whether the client takes what the server sends.
    func setReading(_ reads: Bool) async throws {
        try await channel.setOption(.autoRead, value: reads).get()
        if reads { channel.read() }
    }

    func hangUp() {
        channel.close(promise: nil)
    }

    struct UnexpectedFrame: Error {
        let frame: ServerFrame
    }
}

/// Cuts what the server sends into responses, and into frames after a 101.
private final class WireHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let mailbox: Mailbox<WireClient.Item>
    private var buffer = ByteBuffer()
    private var isWebSocket = false

    init(mailbox: Mailbox<WireClient.Item>) {
        self.mailbox = mailbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer.writeImmutableBuffer(unwrapInboundIn(data))
        while let item = isWebSocket ? frame() : response() { mailbox.put(item) }
        buffer.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) { mailbox.put(.ended) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func response() -> WireClient.Item? {
        guard let end = buffer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let headLength = end.upperBound - buffer.readerIndex
        let head = buffer.getString(at: buffer.readerIndex, length: headLength) ?? ""
        let lines = head.lowercased().split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = lines.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
        }
        let body = length ?? 0
        guard buffer.readableBytes >= headLength + body else { return nil }
        buffer.moveReaderIndex(forwardBy: headLength)
        isWebSocket = status == 101
        return .response(status: status, head: head, body: Data(buffer.readBytes(length: body) ?? []))
    }

    private func frame() -> WireClient.Item? {
        let start = buffer.readerIndex
        guard let first = buffer.readInteger(as: UInt8.self), let second = buffer.readInteger(as: UInt8.self),
            let length = payloadLength(second), let payload = buffer.readBytes(length: length)
        else {
            buffer.moveReaderIndex(to: start)
            return nil
        }
        switch first & 0x0F {
        case 1: return .text(Data(payload))
        case 9: return .ping
        case 10: return .pong(Data(payload))
        default:
            let code = payload.prefix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
            return .close(code, String(decoding: payload.dropFirst(2), as: UTF8.self))
        }
    }

    private func payloadLength(_ byte: UInt8) -> Int? {
        switch byte & 0x7F {
        case 126: buffer.readInteger(as: UInt16.self).map(Int.init)
        case 127: buffer.readInteger(as: UInt64.self).map(Int.init)
        case let short: Int(short)
        }
    }
}
