import NIOCore
import Testing

@testable import Redis

@Suite struct WireTests {
    private static let samples: [(String, RedisValue)] = [
        ("+OK\r\n", .status("OK")),
        (":-42\r\n", .integer(-42)),
        (":9223372036854775807\r\n", .integer(.max)),
        ("$5\r\nhe\r\no\r\n", .bytes(Array("he\r\no".utf8))),
        ("$0\r\n\r\n", .bytes([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("-WRONGTYPE no\r\n", .error(RedisServerError("WRONGTYPE no"))),
        (
            "*4\r\n:1\r\n-ERR inside\r\n*2\r\n$-1\r\n*-1\r\n+fine\r\n",
            .array([.integer(1), .error(RedisServerError("ERR inside")), .array([.null, .null]), .status("fine")])
        ),
    ]

    @Test(arguments: samples) func everyKindOfReplyIsReadHoweverItIsCut(_ text: String, _ value: RedisValue) throws {
        for cut in 0...text.utf8.count {
            var reader = try ReplyReader(maximumReplyBytes: 1000)
            try reader.feed(ByteBuffer(bytes: text.utf8.prefix(cut)))
            let early = try reader.next()
            #expect((early != nil) == (cut == text.utf8.count))
            try reader.feed(ByteBuffer(bytes: text.utf8.dropFirst(cut)))
            let late = try reader.next()
            #expect((early ?? late) == value)
        }
    }

    @Test func manyRepliesInOneRead() throws {
        var reader = try ReplyReader(maximumReplyBytes: 200)
        try reader.feed(ByteBuffer(string: Self.samples.map(\.0).joined() + "+half"))
        for (_, value) in Self.samples {
            let read = try reader.next()
            #expect(read == value)
        }
        let nothing = try reader.next()
        #expect(nothing == nil)
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n?\r\n", "$abc\r\n", ":12x\r\n"])
    func otherProtocolsAreRefused(_ text: String) throws {
        let error = #expect(throws: RedisError.self) {
            var reader = try ReplyReader(maximumReplyBytes: 1000)
            try reader.feed(ByteBuffer(string: text))
            while try reader.next() != nil {}
        }
        #expect(error?.code == .protocolError)
    }

    @Test func tooDeepArraysAreRefused() throws {
        let error = #expect(throws: RedisError.self) {
            var reader = try ReplyReader(maximumReplyBytes: 1000)
            try reader.feed(ByteBuffer(string: String(repeating: "*1\r\n", count: 20)))
            _ = try reader.next()
        }
        #expect(error?.code == .protocolError)
    }

    @Test func sizeIsCappedWholeOrInPieces() throws {
        let text = "$100\r\n" + String(repeating: "x", count: 100) + "\r\n"
        for limit in [text.utf8.count, text.utf8.count - 1] {
            for piece in [7, 1000] {
                let read = Result {
                    var reader = try ReplyReader(maximumReplyBytes: limit)
                    var value: RedisValue?
                    var rest = Substring(text)
                    while value == nil {
                        try reader.feed(ByteBuffer(substring: rest.prefix(piece)))
                        rest = rest.dropFirst(piece)
                        value = try reader.next()
                    }
                }
                if limit == text.utf8.count {
                    #expect(throws: Never.self) { try read.get() }
                } else {
                    let error = #expect(throws: RedisError.self) { try read.get() }
                    #expect(error?.code == .replyTooLarge)
                }
            }
        }
    }

    @Test func commandsAreArraysOfBulkStrings() {
        var buffer = ByteBuffer()
        RedisCommand("SET", "ключ", .bytes([0, 13, 10]), .integer(-7), "").encode(into: &buffer)
        let wanted = Array("*5\r\n$3\r\nSET\r\n$8\r\nключ\r\n$3\r\n\0\r\n\r\n$2\r\n-7\r\n$0\r\n\r\n".utf8)
        #expect(Array(buffer.readableBytesView) == wanted)
    }

    @Test func commandsShowNoArguments() {
        #expect("\(RedisCommand("AUTH", "secret"))" == "AUTH")
    }

    @Test func accessorsTellWhatCame() throws {
        #expect(try RedisValue.bytes(Array("12".utf8)).integer() == 12)
        #expect(try RedisValue.status("OK").string() == "OK")
        #expect(try RedisValue.null.optionalString() == nil)
        #expect(try RedisValue.null.optionalArray() == nil)
        #expect(try RedisValue.array([.null]).array() == [.null])
        for wrong in [RedisValue.integer(1), .array([])] {
            #expect(#expect(throws: RedisError.self) { try wrong.string() }?.code == .unexpectedReply)
        }
        #expect(#expect(throws: RedisError.self) { try RedisValue.null.string() }?.code == .unexpectedReply)
        #expect(#expect(throws: RedisError.self) { try RedisValue.bytes([0xFF]).string() }?.code == .unexpectedReply)
        let error = RedisValue.error(RedisServerError("ERR no"))
        #expect(#expect(throws: RedisError.self) { try error.integer() }?.code == .server)
        #expect(#expect(throws: RedisError.self) { try error.checked() }?.server?.prefix == "ERR")
    }

    @Test(arguments: [("NOSCRIPT No matching", "NOSCRIPT"), ("Odd text", ""), ("ERR", "ERR"), ("", "")])
    func errorPrefix(_ text: String, _ prefix: String) {
        #expect(RedisServerError(text).prefix == prefix)
        #expect(RedisServerError(text).message == text)
    }
}
