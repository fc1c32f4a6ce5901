/// A W3C trace context: which trace a request belongs to, and which step of it this is.
///
/// Written by hand: the tracing library that resolves here has no W3C propagator.
package struct TraceParent: Sendable, CustomStringConvertible {
    /// 32 hexadecimal digits.
    package let traceID: String
    private let spanID: String
    private let flags: String

    /// `00-{trace}-{span}-{flags}`.
    package var description: String { "00-\(traceID)-\(spanID)-\(flags)" }

    /// The beginning of a trace of its own.
    package static func new() -> TraceParent {
        TraceParent(traceID: hexadecimal(.random(in: 1 ... .max)) + hexadecimal(.random(in: 1 ... .max)), flags: "01")
    }

    /// A step below the one that a header names; nil when the header is none.
    package init?(header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, parts[2].utf8.count == 16,
            parts[3].utf8.count == 2, parts[1...3].allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
            parts[1...2].allSatisfy({ $0.utf8.contains { $0 != UInt8(ascii: "0") } })
        else { return nil }
        self.init(traceID: String(parts[1]), flags: String(parts[3]))
    }

    private init(traceID: String, flags: String) {
        self.traceID = traceID
        self.flags = flags
        spanID = Self.hexadecimal(.random(in: 1 ... .max))
    }

    /// Small letters of ASCII only: `Character.isHexDigit` takes the full-width ones too.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
