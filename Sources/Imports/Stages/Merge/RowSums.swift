import Catalog
import Domain

/// Which cells are added up where several rows have one key, by source (`ImportEntity.sums`).
struct RowSums: Sendable {
    /// Positions among a row's cells, in the order of the table's columns.
    private let cells: [[Int]]

    /// - Parameter columns: by source, the positions of its mapped columns, ascending; each has all `sums`.
    /// - Returns: nil when nothing is added up.
    init?(_ sums: [Int], columns: [[Int]]) {
        if sums.isEmpty { return nil }
        cells = columns.map { mapped in sums.compactMap(mapped.firstIndex(of:)) }
    }

    /// The rows of one key so far: the last one, with the sums over all of them.
    struct Sum {
        private let sums: RowSums
        private var row: [UInt8]
        private var source: Int
        private var totals: [Double?]
        private var isOne = true

        /// Begins with a run's present row.
        init(_ sums: RowSums, _ run: StagedRun) throws(StagedDataError) {
            self.sums = sums
            row = run.withRow { Array($0) }
            source = run.source
            totals = []
            totals = try amounts()
        }

        /// Whether a run's present row has the same key. Rows begin with it, and with its length.
        func has(keyOf run: StagedRun) -> Bool {
            row.withUnsafeBytes { mine in
                run.withRow { other in
                    let head = PackedRow.keyOffset
                    guard mine.count >= head else { return false }
                    let length = Int(UInt32(littleEndian: mine.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
                    return other.prefix(head + length).elementsEqual(mine.prefix(head + length))
                }
            }
        }

        /// Adds a run's present row, which comes later in the input.
        mutating func add(_ run: StagedRun) throws(StagedDataError) {
            row = run.withRow { Array($0) }
            source = run.source
            isOne = false
            for (position, amount) in try amounts().enumerated() {
                guard let amount else { continue }
                let total = (totals[position] ?? 0) + amount
                // The greatest number there is stands for what is beyond it.
                totals[position] = min(max(total, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
            }
        }

        /// Hands the row on.
        func append(to batch: inout PackedRows) throws(StagedDataError) {
            guard !isOne else {
                row.withUnsafeBytes { batch.append($0, source: source) }
                return
            }
            var summed: [UInt8] = []
            try forEachCell { position, cell in
                if let sum = sums.cells[source].firstIndex(of: position), let total = totals[sum] {
                    PackedRow.append(.real(total), to: &summed)
                } else {
                    PackedRow.append(cell, to: &summed)
                }
            }
            summed.withUnsafeBytes { batch.append($0, source: source) }
        }

        private func amounts() throws(StagedDataError) -> [Double?] {
            var amounts = [Double?](repeating: nil, count: sums.cells[source].count)
            try forEachCell { position, cell in
                guard let sum = sums.cells[source].firstIndex(of: position) else { return }
                switch cell {
                case .real(let number): amounts[sum] = number
                case .integer(let number): amounts[sum] = Double(number)
                case .null, .text: break
                }
            }
            return amounts
        }

        private func forEachCell(_ body: (Int, PackedRow.Cell) -> Void) throws(StagedDataError) {
            let isWhole = row.withUnsafeBytes { bytes in
                var reader = PackedRow.Reader(bytes)
                var position = 0
                while !reader.isAtEnd {
                    guard let cell = try? reader.next() else { return false }
                    body(position, cell)
                    position += 1
                }
                return true
            }
            if !isWhole { throw StagedDataError() }
        }
    }
}
