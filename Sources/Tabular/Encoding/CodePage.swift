/// A code page of one byte per character that agrees with ASCII below 0x80.
struct CodePage: Sendable {
    /// The characters of 0x80 to 0xFF.
    let scalars: [Unicode.Scalar]
    /// The same in UTF-8: offset of each in `utf8`, and one more for the end.
    private let offsets: [Int]
    private let utf8: [UInt8]

    /// Windows-1252, whose five gaps keep their control characters, as browsers read text that calls itself Latin-1.
    static let windows1252 = CodePage(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars
            + (0xA0...0xFF).compactMap { Unicode.Scalar(UInt32($0)) })

    /// The code page of the IBM PC.
    static let codePage437 = CodePage(
        Array(
            """
            ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
            └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
            """.unicodeScalars))

    private init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.scalars = Array(scalars)
        var utf8: [UInt8] = []
        var offsets = [0]
        for scalar in self.scalars {
            utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            offsets.append(utf8.count)
        }
        self.utf8 = utf8
        self.offsets = offsets
    }

    /// Appends the character that `byte`, at least 0x80, stands for.
    @inline(__always)
    func append(_ byte: UInt8, to output: inout [UInt8]) {
        let index = Int(byte & 0x7F)
        for offset in offsets[index]..<offsets[index + 1] { output.append(utf8[offset]) }
    }
}
