import ArgumentParser
import Domain

/// What a person says of how files are to be read: the answer to a session that asks.
struct FormatOptions: ParsableArguments {
    private static let one = "FILE=… for one of several files."

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("utf-8, utf-16le, utf-16be, latin1, windows-1252 or cp437; \(one)", valueName: "name"))
    var encoding: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("What divides columns: a character, or tab; \(one)", valueName: "character"))
    var delimiter: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("What stands around cells that hold delimiters; \(one)", valueName: "character"))
    var quote: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A workbook's sheet, instead of the first; \(one)", valueName: "name"))
    var sheet: [String] = []

    /// The files, each with what is said of it.
    func applied(to files: [LocalFile]) -> [LocalFile] {
        let names = Set(files.map(\.name))
        return files.map { file in
            var file = file
            file.format = format(of: file.name, among: names)
            return file
        }
    }

    /// What is said of one of several files; nil when nothing is.
    func format(of name: String, among names: Set<String>) -> FileFormat? {
        let format = FileFormat(
            encoding: Self.value(encoding, name, names), delimiter: Self.value(delimiter, name, names),
            quote: Self.value(quote, name, names), sheet: Self.value(sheet, name, names))
        return format.words.isEmpty ? nil : format
    }

    /// What was said of a file, or else of all of them.
    private static func value(_ values: [String], _ name: String, _ names: Set<String>) -> String? {
        var ofAll: String?
        var ofFile: String?
        for value in values {
            if let named = names.first(where: { value.hasPrefix($0 + "=") }) {
                if named == name { ofFile = String(value.dropFirst(name.count + 1)) }
            } else {
                ofAll = value
            }
        }
        return ofFile ?? ofAll
    }
}
