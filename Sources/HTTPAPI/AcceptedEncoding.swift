import Foundation

/// What an Accept-Encoding header says of gzip (RFC 9110, section 12.5.3).
enum AcceptedEncoding {
    /// Whether gzip may be sent: what names it goes before `*`; a weight of 0 refuses it.
    static func takesGzip(_ header: String?) -> Bool {
        var weights: [String: Double] = [:]
        for part in (header ?? "").lowercased().split(separator: ",") {
            let words = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let name = words.first else { continue }
            weights[name] = words.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        }
        return (weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0) > 0
    }
}
