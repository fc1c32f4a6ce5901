import Domain

/// Checks the files that a producer declares, and finds each one's entity.
enum SessionFiles {
    /// The entity of each file, in order.
    /// - Throws: `RequestError` naming every fault.
    static func entities(
        of files: [DeclaredFile], in schema: ImportSchema, limits: ImportLimits
    ) throws(RequestError) -> [String] {
        guard !files.isEmpty else {
            throw RequestError(.invalidFileFormat, "a session needs at least one file.")
        }
        guard files.count <= limits.maximumFiles else {
            throw RequestError(
                .invalidFileFormat, "a session takes at most \(limits.maximumFiles) files, not \(files.count).")
        }
        var faults: [String] = []
        var names: Set<String> = []
        var entities: [String] = []
        var isPatternWanted = false
        for file in files {
            if let fault = fault(of: file, limits: limits) { faults.append(fault) }
            do throws(FormatFault) {
                _ = try StatedFormat(file.format)
            } catch {
                faults.append("\(file.name.prefix(200)): \(error.message)")
            }
            if !names.insert(file.name).inserted { faults.append("\(file.name) is named twice") }
            let matches = schema.entities.filter { entry in
                entry.value.files.contains { GlobPattern($0).takes(file.name) }
            }.keys.sorted()
            switch matches.count {
            case 1: entities.append(matches[0])
            case 0:
                faults.append("no entity of schema \(schema.schemaId) takes a file named \(file.name.prefix(200))")
                isPatternWanted = true
            default:
                faults.append(
                    "several entities of schema \(schema.schemaId) take \(file.name.prefix(200)): "
                        + matches.joined(separator: ", "))
            }
        }
        guard faults.isEmpty else {
            let patterns = schema.entities.values.flatMap(\.files).sorted().prefix(20).joined(separator: ", ")
            throw RequestError(
                .schemaValidationFailed,
                faults.prefix(20).joined(separator: "; ") + "."
                    + (isPatternWanted
                        ? " It takes files named \(patterns): rename the file or choose its schema." : ""))
        }
        return entities
    }

    private static func fault(of file: DeclaredFile, limits: ImportLimits) -> String? {
        let name = file.name.prefix(200)
        if file.name.isEmpty || file.name.utf8.count > 200 { return "a file name has 1 to 200 bytes" }
        // By scalars: a slash is one whatever combines with it.
        if file.name.unicodeScalars.contains(where: Self.isForbidden) {
            return "\(name) is not a plain file name"
        }
        if file.size < 0 { return "\(name) cannot have \(file.size) bytes" }
        if file.size == 0 { return "\(name) is empty: send a header and its records" }
        if file.size > limits.maximumFileBytes { return "\(name) is larger than \(limits.maximumFileBytes) bytes" }
        return nil
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar == "/" || scalar == "\\"
        }
    }
}
