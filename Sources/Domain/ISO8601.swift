package import Foundation

extension Date {
    /// The instant in UTC with milliseconds: `2026-11-24T03:49:12.123Z`.
    package var iso8601: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads what `iso8601` writes.
    package init(iso8601 text: String) throws {
        self = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
    }
}
