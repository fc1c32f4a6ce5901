import Domain
import Foundation
import Hummingbird

/// Bytes that an id or another short value of a path or query may have.
private let maximumValueBytes = 200

extension APIContext {
    /// A path parameter, percent-decoded.
    /// - Throws: `RequestError` (400) when it is empty, longer than 200 bytes or not percent-encoded UTF-8.
    func pathValue(_ name: String) throws -> String {
        try checked(try parameters.require(name).removingPercentEncoding, name)
    }
}

extension Request {
    /// A value of the query; nil when it is not there.
    /// - Throws: `RequestError` (400) when it is empty or longer than 200 bytes.
    func queryValue(_ name: String) throws(RequestError) -> String? {
        guard let value = uri.queryParameters[name[...]] else { return nil }
        return try checked(String(value), name)
    }

    /// The number of entries that a page is to have at most.
    /// - Throws: `RequestError` (400) when it is no number from 1 to `most`.
    func limit(default fallback: Int, most: Int) throws(RequestError) -> Int {
        guard let text = try queryValue("limit") else { return fallback }
        guard let limit = Int(text), (1...most).contains(limit) else {
            throw RequestError(status: 400, "limit is a number from 1 to \(most).")
        }
        return limit
    }

    /// Whether a query says yes; not to say it is to say no.
    /// - Throws: `RequestError` (400) when it says neither true nor false.
    func flag(_ name: String) throws(RequestError) -> Bool {
        guard let text = try queryValue(name) else { return false }
        guard let flag = Bool(text) else { throw RequestError(status: 400, "\(name) is true or false.") }
        return flag
    }

    /// The path with the query, a signature in it left out: fit for a log.
    var loggedTarget: String {
        guard let query = uri.query, !query.isEmpty else { return uri.path }
        let shown = query.split(separator: "&").prefix(8).map { pair in
            pair.hasPrefix("signature=") ? "signature=-" : String(pair.prefix(100))
        }
        return uri.path + "?" + shown.joined(separator: "&")
    }
}

private func checked(_ value: String?, _ name: String) throws(RequestError) -> String {
    guard let value, !value.isEmpty, value.utf8.count <= maximumValueBytes, !value.utf8.contains(0) else {
        throw RequestError(status: 400, "\(name) must have 1 to \(maximumValueBytes) bytes of UTF-8.")
    }
    return value
}
