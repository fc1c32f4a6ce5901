import ObjectStore

/// Which staged rows the resolve stage refused, as the merge reads it: chunk, count, ascending positions, and again.
struct RefusedRows {
    private let positions: [Int: Set<UInt32>]

    /// Where the object lies: by the version of the catalog that was resolved against, so that a run elsewhere that was
    /// overtaken does not write over what the merge will read.
    static func key(session: String, version: Int64) -> ObjectKey {
        ObjectLayout.refusals(session: session).appending(String(version))
    }

    /// The bytes of the object.
    static func encoded(_ refused: [Int: [UInt32]]) -> [UInt8] {
        var writer = ByteWriter()
        for chunk in refused.keys.sorted() {
            let positions = refused[chunk] ?? []
            writer.number(UInt32(chunk))
            writer.number(UInt32(positions.count))
            for position in positions { writer.number(position) }
        }
        return writer.bytes
    }

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        var positions: [Int: Set<UInt32>] = [:]
        while !reader.isAtEnd {
            let chunk = Int(try reader.number(UInt32.self))
            var refused: Set<UInt32> = []
            for _ in 0..<(try reader.number(UInt32.self)) { refused.insert(try reader.number(UInt32.self)) }
            positions[chunk] = refused
        }
        self.positions = positions
    }

    /// Positions among the staged rows of a chunk.
    func positions(inChunk chunk: Int) -> Set<UInt32> { positions[chunk] ?? [] }
}
