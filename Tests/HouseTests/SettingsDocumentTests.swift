import Foundation
import TestSupport
import Testing

/// `docs/settings.md` names what the code reads.
@Suite("The settings' document")
struct SettingsDocumentTests {
    /// Seen red with `SRTO_OUTBOX_ENTRIES` left out.
    @Test("every setting stands in it")
    func settings() throws {
        let document = try String(
            contentsOf: TestServers.repository.appending(path: "docs/settings.md"), encoding: .utf8)
        let keys = try Self.keys()
        #expect(keys.count > 15)
        for key in keys {
            let variable = "SRTO_" + key.uppercased().replacing(".", with: "_")
            // A family of variables, or one that stands behind another of its kind, is named by its end.
            let isNamed = document.contains(variable) || document.contains("…_" + variable.dropFirst("SRTO_".count))
            #expect(isNamed, "\(variable)")
        }
    }

    /// The keys that the sources read, those of each queue without its name.
    private static func keys() throws -> Set<String> {
        let folder = TestServers.repository.appending(path: "Sources/srto/Configuration")
        var keys: Set<String> = []
        for file in ["Settings.swift", "QueueSettings.swift", "GeocoderSettings.swift"] {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for match in text.matches(of: /(?:number|text|secret|forKey:)\s*\(?\s*"(?:\\\(name\)\.)?([a-z.]+)"/) {
                keys.insert(String(match.1))
            }
        }
        return keys
    }
}
