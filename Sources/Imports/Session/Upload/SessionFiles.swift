import Domain

/// Checks the files that a producer declares, and finds each one's entity.
enum SessionFiles {
    /// Bytes.
    private static let longestName = 200

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
        // Sizes that make no sense are refused one by one below.
        let bytes = files.reduce(Int64(0)) { $0 + min(max($1.size, 0), limits.maximumFileBytes) }
        guard bytes <= limits.maximumSessionBytes else {
            throw RequestError(
                .invalidFileFormat,
                "the files have \(bytes) bytes together, and those of one session may have "
                    + "\(limits.maximumSessionBytes): import them in several sessions.")
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
            switch Taker(of: file.name, in: schema) {
            case .entity(let entity): entities.append(entity)
            case .nobody where isArchive(file.name): entities.append(ImportFile.unsorted)
            case .nobody:
                faults.append("no entity of schema \(schema.schemaId) takes a file named \(file.name.prefix(200))")
                isPatternWanted = true
            case .several(let names):
                faults.append(
                    "several entities of schema \(schema.schemaId) take \(file.name.prefix(200)): "
                        + names.joined(separator: ", "))
            }
        }
        guard faults.isEmpty else {
            throw RequestError(
                .schemaValidationFailed,
                faults.prefix(20).joined(separator: "; ") + "."
                    + (isPatternWanted
                        ? " It takes files named \(patterns(of: schema)): rename the file or choose its schema." : ""))
        }
        return entities
    }

    /// The entity of a file out of an archive: whose patterns take its own name, or else the archive's.
    /// - Parameters:
    ///   - path: all of its name in the archive, with folders.
    ///   - archive: the archive's entity; `ImportFile.unsorted` where its name says none.
    /// - Throws: `FileRefusal`, of the archive.
    static func entity(
        of member: DeclaredFile, path: String, from archive: String, in schema: ImportSchema, limits: ImportLimits
    ) throws(FileRefusal) -> String {
        // It is told with each of the file's issues.
        guard path.utf8.count <= longestName, !path.unicodeScalars.contains(where: isControl) else {
            throw FileRefusal(
                "in it \(path.prefix(longestName)) is no name of 1 to \(longestName) bytes, with its folders: rename it"
            )
        }
        if let fault = fault(of: member, limits: limits) { throw FileRefusal("in it \(fault)") }
        switch Taker(of: member.name, in: schema) {
        case .entity(let entity): return entity
        case .nobody where archive != ImportFile.unsorted: return archive
        case .nobody:
            throw FileRefusal(
                "no entity of schema \(schema.schemaId) takes the file named \(member.name) in it; it takes files named "
                    + "\(patterns(of: schema)): leave the file out of the archive, rename it or choose its schema")
        case .several(let names):
            throw FileRefusal(
                "several entities of schema \(schema.schemaId) take \(member.name) in it: "
                    + names.joined(separator: ", "))
        }
    }

    /// Which entity takes a file of a name.
    private enum Taker {
        case entity(String), nobody
        case several([String])

        init(of name: String, in schema: ImportSchema) {
            let takers = schema.entities.filter { entry in entry.value.files.contains { GlobPattern($0).takes(name) } }
                .keys.sorted()
            switch takers.count {
            case 0: self = .nobody
            case 1: self = .entity(takers[0])
            default: self = .several(takers)
            }
        }
    }

    /// Whether it may hold several files, so that its own name need say nothing.
    private static func isArchive(_ name: String) -> Bool { name.lowercased().hasSuffix(".zip") }

    private static func patterns(of schema: ImportSchema) -> String {
        schema.entities.values.flatMap(\.files).sorted().prefix(20).joined(separator: ", ")
    }

    private static func fault(of file: DeclaredFile, limits: ImportLimits) -> String? {
        let name = file.name.prefix(200)
        if file.name.isEmpty || file.name.utf8.count > longestName {
            return "a file name has 1 to \(longestName) bytes"
        }
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
        isControl(scalar) || scalar == "/" || scalar == "\\"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
