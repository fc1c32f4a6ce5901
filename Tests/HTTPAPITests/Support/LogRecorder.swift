import Logging
import Synchronization

/// Keeps what is logged, for a test to read.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    /// Every line so far, level and metadata with it.
    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    /// A logger whose lines come here.
    func logger() -> Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    private func keep(_ line: String) { lines.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            recorder.keep("\(event.level) \(event.message) \(words.joined(separator: " "))")
        }
    }
}
