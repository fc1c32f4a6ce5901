import Foundation
import Synchronization

/// A folder that is gone when the test is.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "srto-client-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// What several tasks note down.
final class Notes<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    /// - Returns: the number of notes before this one.
    @discardableResult
    func add(_ element: Element) -> Int {
        elements.withLock {
            $0.append(element)
            return $0.count - 1
        }
    }

    var all: [Element] { elements.withLock { $0 } }
}
