import Tabular

extension String {
    /// The hash of the text's bytes. Swift's own equality takes for one what the catalog keeps apart: an accented letter
    /// as one character or as two.
    var exactHash: Hash128 {
        var text = self
        return text.withUTF8 { StableHash.hash128(UnsafeRawBufferPointer($0)) }
    }
}
