import RouteSolver

/// An explicit table of distances in one of TSPLIB's shapes.
struct VRPLIBMatrix {
    private let text: VRPLIBText
    private let dimension: Int
    private let scale: Double

    init(_ text: VRPLIBText, dimension: Int, scale: Double) {
        self.text = text
        self.dimension = dimension
        self.scale = scale
    }

    func travel() throws(RouteFileError) -> TravelMatrix {
        guard let section = text.sections["EDGE_WEIGHT_SECTION"] else {
            throw text.text.error(nil, "EXPLICIT without an EDGE_WEIGHT_SECTION")
        }
        var values: [Double] = []
        for line in section.lines {
            for word in line.words { values.append(try text.text.number(word, line) * scale) }
        }
        let format = text.headers["EDGE_WEIGHT_FORMAT"]
        let shape = format?.value.uppercased() ?? "FULL_MATRIX"
        guard let cells = cells(of: shape) else {
            throw text.text.error(format?.line, "edge weights in the format \(shape) are not known")
        }
        guard values.count == cells.count else {
            throw text.text.error(section.title, "\(shape) wants \(cells.count) numbers, here are \(values.count)")
        }
        var distances = [Double](repeating: 0, count: dimension * dimension)
        for (value, cell) in zip(values, cells) {
            distances[cell.row * dimension + cell.column] = value
            if shape != "FULL_MATRIX" { distances[cell.column * dimension + cell.row] = value }
        }
        return TravelMatrix(distances: distances)
    }

    /// The cells in the order in which the file lists them.
    private func cells(of shape: String) -> [(row: Int, column: Int)]? {
        (0..<dimension).reduce(into: [(row: Int, column: Int)]?.some([])) { cells, row in
            let columns: Range<Int>? =
                switch shape {
                case "FULL_MATRIX": 0..<dimension
                case "LOWER_ROW": 0..<row
                case "LOWER_DIAG_ROW": 0..<row + 1
                case "UPPER_ROW": row + 1..<dimension
                case "UPPER_DIAG_ROW": row..<dimension
                default: nil
                }
            guard let columns else {
                cells = nil
                return
            }
            cells?.append(contentsOf: columns.map { (row, $0) })
        }
    }
}
