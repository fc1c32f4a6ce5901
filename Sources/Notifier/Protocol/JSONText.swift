import Foundation
import NIOCore

/// Writes one JSON object member by member. `JSONEncoder` cannot embed JSON that exists as bytes already, and an
/// event's data must reach the client as the catalog wrote it.
struct JSONText: Sendable {
    private var buffer: ByteBuffer
    private var isEmpty = true

    /// Begins an object without members.
    init(capacity: Int = 256) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
        buffer.writeInteger(UInt8(ascii: "{"))
    }

    /// Begins a frame.
    init(type: String, capacity: Int = 256) {
        self.init(capacity: capacity)
        append("type", type)
    }

    /// Appends a text; nothing when it is nil.
    mutating func append(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        begin(name)
        write(quoted: value)
    }

    mutating func append(_ name: StaticString, _ value: Int64) {
        begin(name)
        buffer.writeString(String(value))
    }

    mutating func append(_ name: StaticString, _ value: Bool) {
        begin(name)
        buffer.writeStaticString(value ? "true" : "false")
    }

    /// Appends JSON that exists already.
    mutating func append(raw name: StaticString, _ json: Data) {
        begin(name)
        buffer.writeBytes(json)
    }

    /// The closed object.
    func finished() -> ByteBuffer {
        var closed = buffer
        closed.writeInteger(UInt8(ascii: "}"))
        return closed
    }

    private mutating func begin(_ name: StaticString) {
        if !isEmpty { buffer.writeInteger(UInt8(ascii: ",")) }
        isEmpty = false
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
    }

    private mutating func write(quoted text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.writeInteger(UInt8(ascii: "\\"))
                buffer.writeInteger(byte)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default:
                buffer.writeInteger(byte)
            }
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }
}
