/// Why a file is not CSV.
public enum CSVRefusal: Hashable, Sendable {
    /// There are no bytes, or nothing but blank lines.
    case empty
    /// The bytes are those of another format: "PDF", "Excel workbook" and the like; nil when only NULs or control bytes
    /// tell.
    case binary(format: String?)
    /// The text is that of another format: "JSON", "HTML or XML".
    case text(format: String)

    /// A sentence for the person who sent the file.
    public var message: String {
        switch self {
        case .empty: "the file is empty"
        case .binary(let format?): "the file is not CSV but \(format); export it as CSV (UTF-8) and send that"
        case .binary(nil): "the file is not text; export the table as CSV (UTF-8) and send that"
        case .text(let format): "the file is not CSV but \(format); export the table as CSV (UTF-8) and send that"
        }
    }
}
