import Domain

extension ImportProgress.Stage {
    /// 0...1.
    var share: Double { total > 0 ? min(1, Double(done) / Double(total)) : 0 }

    /// How much of how much, how fast and how long still; empty where that says no more than a bar.
    var amountWords: String {
        var words: [String] = []
        if total > 0, unit != "steps" {
            words.append(
                unit == "bytes"
                    ? "\(done.bytes) of \(total.bytes)" : "\(done.grouped) of \(total.grouped) \(unit)")
        }
        if let rowsPerSecond { words.append("\(Int64(rowsPerSecond.rounded()).grouped) rows/s") }
        if let secondsLeft, done < total { words.append("\(Duration.seconds(secondsLeft).brief) left") }
        return words.joined(separator: ", ")
    }
}
