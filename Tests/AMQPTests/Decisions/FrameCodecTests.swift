import NIOCore
import TestSupport
import Testing

@testable import AMQP

@Suite struct FrameCodecTests {
    private func frames(_ buffer: ByteBuffer, chunk: Int = .max, maximum: Int = 131_072) throws -> [Frame] {
        var reader = FrameReader(maximumFrameSize: maximum)
        var buffer = buffer
        var frames: [Frame] = []
        while let piece = buffer.readSlice(length: min(chunk, buffer.readableBytes)), piece.readableBytes > 0 {
            reader.append(piece)
            while let frame = try reader.next() { frames.append(frame) }
        }
        return frames
    }

    /// What a publisher writes after its method frame is what a consumer reads after its own.
    private func content(_ message: AMQPMessage, maximum: Int) throws -> ByteBuffer {
        var writer = FrameWriter(maximumFrameSize: maximum)
        var buffer = ByteBuffer()
        try writer.write(message, messageID: "id", channel: 3, into: &buffer)
        let size = Int(try #require(buffer.getInteger(at: buffer.readerIndex + 3, as: UInt32.self)))
        buffer.moveReaderIndex(forwardBy: size + FrameType.overhead)
        return buffer
    }

    @Test(arguments: [1, 7, 100, Int.max]) func contentSurvivesAnyCuttingOfTheStream(chunk: Int) throws {
        var properties = AMQPProperties(
            contentType: "a/b", messageID: "id", timestampSeconds: -5, priority: 9,
            headers: ["n": .int(-1), "t": .table(["x": .array([.null, .bool(true), .double(0.5)])])])
        properties.expirationMilliseconds = 1
        let body = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        let buffer = try content(AMQPMessage(routingKey: "k", body: body, properties: properties), maximum: 4096)
        var assembled: [UInt8] = []
        for (place, frame) in try frames(buffer, chunk: chunk, maximum: 4096).enumerated() {
            switch frame {
            case .header(channel: 3, let bodySize, let read) where place == 0:
                #expect(bodySize == 10_000)
                #expect(read == properties)
            case .body(channel: 3, let piece):
                #expect(piece.readableBytes <= 4096 - FrameType.overhead)
                assembled += Array(piece.readableBytesView)
            default: Issue.record("\(frame)")
            }
        }
        #expect(assembled == body)
    }

    @Test func aMethodThatCannotBeEncodedLeavesTheBufferAsItWas() throws {
        var writer = FrameWriter(maximumFrameSize: 4096)
        var buffer = ByteBuffer(bytes: [1, 2, 3])
        #expect(throws: AMQPError.self) {
            try writer.write(
                .queueDeclare(
                    queue: "q", passive: false, durable: true, exclusive: false, autoDelete: false,
                    arguments: ["long": .string(String(repeating: "x", count: 5000))]), channel: 1, into: &buffer)
        }
        #expect(throws: AMQPError.self) {
            try writer.write(.queuePurge(queue: String(repeating: "q", count: 256)), channel: 1, into: &buffer)
        }
        #expect(buffer == ByteBuffer(bytes: [1, 2, 3]))
    }

    @Test(
        arguments: [
            [72, 84, 84, 80],  // HTTP
            [0x41],  // "AMQP": a broker of another version answers with its header
            [1, 0, 1, 0, 2, 0, 0],  // a frame above the maximum
            [1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF],
            [8, 0, 0, 0, 0, 0, 0, 0x00],  // no end marker
            [1, 0, 1, 0, 0, 0, 0, 0xCE],  // a method without a number
            [1, 0, 1, 0, 0, 0, 3, 0, 60, 0, 0xCE],
            [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 60, 0xCE],  // basic.deliver without its fields
            [1, 0, 1, 0, 0, 0, 4, 0, 99, 0, 99, 0xCE],  // an unknown method
            [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 111, 0xCE],  // a method that we never ask for
            [2, 0, 1, 0, 0, 0, 11, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xCE],  // a short content header
            [2, 0, 1, 0, 0, 0, 14, 0, 61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xCE],  // of another class
            [2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFC, 0xCE],  // flags without values
        ] as [[UInt8]]) func hostileFramesAreViolations(bytes: [UInt8])
    {
        do {
            _ = try frames(ByteBuffer(bytes: bytes))
            Issue.record("accepted")
        } catch {
            #expect((error as? AMQPError)?.code == .protocolViolation)
        }
    }

    /// Tables within tables until the frame is full: an unbounded decoder would run out of stack.
    @Test(arguments: [UInt8(ascii: "F"), UInt8(ascii: "A")]) func endlesslyNestedTablesAreRefused(kind: UInt8) {
        var payload = ByteBuffer()
        let room = 131_072 - FrameType.overhead - 14 - 4 - 2
        // A table's entry has a key (empty: one byte) before its kind, an array's has none.
        let level = kind == UInt8(ascii: "F") ? 6 : 5
        let levels = room / level
        payload.writeMultipleIntegers(UInt16(60), UInt16(0), UInt64(0), UInt16(1 << 13))
        payload.writeInteger(UInt32(levels * level + (kind == UInt8(ascii: "F") ? 0 : 1)))
        if kind == UInt8(ascii: "A") { payload.writeInteger(UInt8(0)) }
        for depth in 0..<levels {
            if kind == UInt8(ascii: "F") { payload.writeInteger(UInt8(0)) }
            payload.writeInteger(kind)
            payload.writeInteger(UInt32((levels - depth - 1) * level))
        }
        var frame = ByteBuffer()
        frame.writeMultipleIntegers(FrameType.header, UInt16(1), UInt32(payload.readableBytes))
        frame.writeBuffer(&payload)
        frame.writeInteger(FrameType.end)
        do {
            _ = try frames(frame)
            Issue.record("accepted \(levels) levels")
        } catch {
            #expect((error as? AMQPError)?.code == .protocolViolation)
        }
    }

    /// Mutated frames either decode or are violations; nothing traps and nothing else is thrown.
    @Test func mutatedFramesNeverTrap() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("FrameCodecTests seed \(seed)")
        var generator = SeededGenerator(state: seed)
        let headers: [String: AMQPValue] = [
            "a": .array([1, "two", .table(["x": .bytes([1, 2, 3])])]), "b": .double(1), "c": .timestamp(1), "d": true,
        ]
        var good = try content(
            AMQPMessage(
                routingKey: "k", body: Array(repeating: 1, count: 50),
                properties: AMQPProperties(contentType: "x", correlationID: "y", type: "z", headers: headers)),
            maximum: 4096)
        var deliver = ByteBuffer()
        deliver.writeMultipleIntegers(UInt16(60), UInt16(60), UInt8(1), UInt8(ascii: "t"), UInt64(1), UInt8(0))
        deliver.writeMultipleIntegers(UInt8(1), UInt8(ascii: "e"), UInt8(1), UInt8(ascii: "r"))
        good.writeMultipleIntegers(FrameType.method, UInt16(3), UInt32(deliver.readableBytes))
        good.writeBuffer(&deliver)
        good.writeInteger(FrameType.end)
        #expect(try frames(good).count == 3)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = Array(good.readableBytesView)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            }
            do {
                _ = try frames(ByteBuffer(bytes: bytes), chunk: Int.random(in: 1...200, using: &generator))
            } catch {
                refused += 1
                #expect((error as? AMQPError)?.code == .protocolViolation)
            }
        }
        #expect(refused > 1000)
    }
}
