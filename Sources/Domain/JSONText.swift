/// Writes JSON bytes directly: rows by the ten thousand, in the order given, so that equal content is equal bytes.
package struct JSONText {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter continues: whether what is written follows an earlier value, so that a comma comes first.
    package init(continuing continues: Bool = false) { needsComma = continues }

    /// Forgets what was written, and keeps its room.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Hands out what was written since the last call, and makes room for as much.
    package mutating func takeBytes(reserving count: Int) -> [UInt8] {
        var taken: [UInt8] = []
        taken.reserveCapacity(count)
        swap(&taken, &bytes)
        return taken
    }

    /// A JSON array of texts.
    package static func array(of texts: some Sequence<String>) -> String {
        var json = JSONText()
        json.array { for text in texts { $0.string(text) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    package mutating func object(_ body: (inout JSONText) -> Void) { nest("{", "}", body) }

    package mutating func array(_ body: (inout JSONText) -> Void) { nest("[", "]", body) }

    /// Begins an array or object, until `close`.
    package mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    /// Ends what `open` began.
    package mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    /// Begins a member of an object; its value follows.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Begins a member whose name, quoted and with its colon, was made before.
    package mutating func key(made name: [UInt8]) { name.withUnsafeBytes { key(made: $0) } }

    /// The same, of a name that lies somewhere.
    package mutating func key(made name: UnsafeRawBufferPointer) {
        separate()
        bytes.append(contentsOf: name)
        needsComma = false
    }

    /// A name as `key(made:)` takes it.
    package static func made(key name: String) -> [UInt8] {
        var text = JSONText()
        text.key(name)
        return text.bytes
    }

    /// A cell of a column where it lies; as `value(_:as:)` otherwise.
    package mutating func value(cell: PackedRow.Cell, as kind: Column.Kind) {
        switch cell {
        case .text(let bytes) where kind != .json: string(utf8: bytes)
        case .null: null()
        case .real(let number): self.number(number)
        case .text, .integer: value(cell.value, as: kind)
        }
    }

    /// A cell as the catalog stores it, whatever its column is.
    package mutating func value(stored cell: PackedRow.Cell) {
        switch cell {
        case .null: null()
        case .text(let bytes): string(utf8: bytes)
        case .real(let number): self.number(number)
        case .integer(let number): integer(number)
        }
    }

    /// A cell of a column. What stands in a JSON column and is none becomes a string.
    package mutating func value(_ cell: FieldValue, as kind: Column.Kind) {
        switch cell {
        case .null: null()
        case .text(let text) where kind == .json && JSONSyntax.accepts(text): literal(text)
        case .text(let text): string(text)
        case .real(let number): self.number(number)
        case .integer(let number) where kind == .boolean: literal(number == 0 ? "false" : "true")
        case .integer(let number): literal(String(number))
        }
    }

    package mutating func null() { literal("null") }

    package mutating func number(_ number: Double) {
        guard number.isFinite else { return null() }
        if abs(number) < 1e15, let whole = Int64(exactly: number) {
            integer(whole)
        } else {
            literal(number.description)
        }
    }

    package mutating func integer(_ number: Int64) { literal(String(number)) }

    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    package mutating func string(utf8 text: UnsafeRawBufferPointer) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        // Runs without an escape, nearly always the whole text, are copied at once.
        var start = 0
        for (position, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<position]))
            start = position + 1
            if byte < 0x20 {
                bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            } else {
                bytes += [UInt8(ascii: "\\"), byte]
            }
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends JSON that was made before.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
    }

    private mutating func literal(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private mutating func nest(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONText) -> Void) {
        self.open(open)
        body(&self)
        self.close(close)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
