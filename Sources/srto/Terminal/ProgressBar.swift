/// A bar of a fixed number of cells.
enum ProgressBar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// The bar at `fraction`, which is taken as 0...1; `cells` wide.
    static func render(_ fraction: Double, cells: Int, unicode: Bool) -> String {
        let share = min(1, max(0, fraction.isFinite ? fraction : 0))
        guard unicode else {
            let inner = max(0, cells - 2)
            let full = Int(share * Double(inner))
            return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: inner - full) + "]"
        }
        let steps = Int(share * Double(cells * 8))
        let bar = String(repeating: "█", count: steps / 8) + eighths[steps % 8]
        return bar + String(repeating: "░", count: cells - bar.count)
    }
}
