/// A file-name pattern: `*` for any run of characters, `?` for any one. Case counts.
struct GlobPattern: Sendable {
    private let pattern: [Character]

    init(_ text: String) { pattern = Array(text) }

    /// Whether the whole of `name` fits, in time linear in pattern × name.
    func matches(_ name: String) -> Bool {
        // reachable[i]: the first i pattern characters match what was read so far.
        var reachable = [Bool](repeating: false, count: pattern.count + 1)
        reachable[0] = true
        skipStars(&reachable)
        for character in name {
            var next = [Bool](repeating: false, count: pattern.count + 1)
            for index in pattern.indices where reachable[index] {
                switch pattern[index] {
                case "*": next[index] = true
                case "?", character: next[index + 1] = true
                default: break
                }
            }
            skipStars(&next)
            reachable = next
        }
        return reachable[pattern.count]
    }

    /// Whether a file of this name is meant: as it is called, or as it is once it is out of what it was packed in. So
    /// `outlets*.csv` takes `outlets.csv.gz`, `outlets.zip` and `outlets.xlsx`.
    func takes(_ fileName: String) -> Bool {
        if matches(fileName) { return true }
        guard let point = fileName.lastIndex(of: "."),
            ["gz", "zip", "xlsx", "xlsm"].contains(fileName[fileName.index(after: point)...].lowercased())
        else { return false }
        let bare = String(fileName[..<point])
        return matches(bare) || matches(bare + ".csv")
    }

    private func skipStars(_ reachable: inout [Bool]) {
        for index in pattern.indices where reachable[index] && pattern[index] == "*" {
            reachable[index + 1] = true
        }
    }
}
