/// The columns of a report and where each file's own stand among them.
struct ReportForm: Sendable {
    let fileNames: [String]
    /// The same as the report's lines have them.
    let writtenNames: [[UInt8]]
    /// Where each file's columns stand among `originals`.
    let places: [[Int]]
    /// Each file's fields in the order of their places. Of each file only its own are kept: many files with many columns
    /// would make a large table of nothing.
    let order: [[Int]]
    let originals: [String]
    /// Whether each file's columns stand together and in their order.
    let areTogether: [Bool]

    /// - Parameter headers: the columns of each file's records; empty where they are not known.
    init(fileNames: [String], headers: [[String]]) {
        self.fileNames = fileNames
        writtenNames = fileNames.map { ReportWriter.written([$0]) }
        var columns = ReportColumns()
        let places = headers.map { columns.add($0) }
        self.places = places
        order = places.map { places in places.indices.sorted { places[$0] < places[$1] } }
        areTogether = places.map { places in zip(places, places.dropFirst()).allSatisfy { $1 == $0 + 1 } }
        originals = columns.names
    }
}

/// The columns of all files of a report, by name.
struct ReportColumns {
    private(set) var names: [String] = []
    private var known: [String: Int] = [:]

    /// Adds those of a file, and tells where they stand among all.
    mutating func add(_ header: [String]) -> [Int] {
        var taken: Set<String> = []
        var places: [Int] = []
        places.reserveCapacity(header.count)
        for name in header {
            // Of columns with one name in a file each needs a place of its own.
            if taken.insert(name).inserted, let place = known[name] {
                places.append(place)
                continue
            }
            known[name] = known[name] ?? names.count
            places.append(names.count)
            names.append(name)
        }
        return places
    }
}
