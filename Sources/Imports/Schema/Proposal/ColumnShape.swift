import Tabular

/// What the values of one column look like, from the first records of a file.
struct ColumnShape {
    private static let distinctKept = 2_000

    let header: String
    private(set) var records = 0
    private(set) var filled = 0
    private var numbers = 0
    private var latitudes = 0
    private var longitudes = 0
    private var booleans = 0
    private(set) var distinct: Set<String> = []
    private var hasMoreDistinct = false

    init(header: String) { self.header = header }

    /// Takes the next record's value, without the blanks around it.
    mutating func add(_ value: String) {
        records += 1
        guard !value.isEmpty else { return }
        filled += 1
        let bytes = Array(value.utf8)
        if let number = FieldParser.double(bytes) {
            numbers += 1
            if abs(number) <= 90, value.contains(".") { latitudes += 1 }
            if abs(number) <= 180, value.contains(".") { longitudes += 1 }
        }
        if FieldParser.bool(bytes) != nil { booleans += 1 }
        if distinct.count < Self.distinctKept { distinct.insert(value) } else { hasMoreDistinct = true }
    }

    /// Share of the filled values that are such, 0 to 1.
    func share(of kind: KeyPath<ColumnShape, Int>) -> Double {
        filled == 0 ? 0 : Double(self[keyPath: kind]) / Double(filled)
    }

    /// Shares of the filled values.
    var isNumeric: Double { share(of: \.numbers) }
    var isLatitude: Double { share(of: \.latitudes) }
    var isLongitude: Double { share(of: \.longitudes) }
    var isBoolean: Double { share(of: \.booleans) }
    /// Distinct among the filled ones; 1 where each stands once.
    var isDistinct: Double {
        hasMoreDistinct ? 0.9 : filled == 0 ? 0 : Double(distinct.count) / Double(filled)
    }
    /// Filled among all.
    var isFilled: Double { records == 0 ? 0 : Double(filled) / Double(records) }
}
