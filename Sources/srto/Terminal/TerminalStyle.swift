#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the place that text goes to can show.
struct TerminalStyle: Sendable, Equatable {
    /// Whether lines may be drawn over.
    var isInteractive: Bool
    /// Cells in a line.
    var width: Int
    var hasUnicode: Bool
    var hasColour: Bool

    /// Decides from what the environment and the device say.
    /// - Parameter deviceWidth: cells in a line, when the device knows; `COLUMNS` stands in.
    init(environment: [String: String], isTerminal: Bool, deviceWidth: Int?) {
        let isDumb = environment["TERM"] == "dumb"
        isInteractive = isTerminal && !isDumb
        width = max(20, deviceWidth ?? environment["COLUMNS"].flatMap(Int.init) ?? 80)
        // The first that is set decides (POSIX).
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.uppercased()
        hasUnicode = encoding.contains("UTF-8") || encoding.contains("UTF8")
        hasColour = isInteractive && environment["NO_COLOR"].map(\.isEmpty) ?? true
    }

    /// What the file with this descriptor can show.
    static func of(descriptor: Int32, environment: [String: String]) -> TerminalStyle {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return TerminalStyle(
            environment: environment, isTerminal: isatty(descriptor) == 1, deviceWidth: known ? Int(size.ws_col) : nil)
    }

    /// Text in a colour, where colours are shown.
    func painted(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
        case dim = 2
    }
}
