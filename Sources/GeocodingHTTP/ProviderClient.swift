import AsyncHTTPClient
package import Foundation
package import Geocoding
import NIOCore
import NIOFoundationCompat

/// Where a provider is and how long it may take. Its key is never part of what is thrown.
package struct ProviderAddress: Sendable {
    /// `https://host/path`, without a slash at its end.
    package let base: String
    /// How this server calls itself.
    package let userAgent: String
    /// For a whole answer.
    package let timeout: Duration

    /// - Parameters:
    ///   - url: `http` or `https`, of the place under which the provider's paths lie.
    ///   - contact: an address at which whoever runs the provider reaches whoever runs this server; nil for none.
    /// - Returns: nil when the URL is none, or holds a user, a query or a fragment.
    package init?(url: String, contact: String?, timeout: Duration = .seconds(10)) {
        guard let components = URLComponents(string: url), let host = components.host, !host.isEmpty,
            ["http", "https"].contains(components.scheme), components.user == nil, components.password == nil,
            components.query == nil, components.fragment == nil
        else { return nil }
        base = String(url.reversed().drop { $0 == "/" }.reversed())
        userAgent = "srto" + (contact.map { " (\($0))" } ?? "")
        self.timeout = timeout
    }
}

/// Asks a provider over HTTP.
struct ProviderClient: Sendable {
    /// What a provider answered.
    struct Answer: Sendable {
        let status: Int
        let body: Data
        /// What it says of when it may be asked again.
        let retryAfter: Duration?
    }

    /// An answer has one place.
    private static let mostBytes = 256 << 10

    /// As long-lived as `HTTPClient.shared`, which would follow a redirect with the key in hand.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let address: ProviderAddress

    /// - Parameter query: names and values as they are, to be escaped.
    /// - Throws: `GeocoderError`, `CancellationError`.
    func get(_ path: String, _ query: [(name: String, value: String)]) async throws -> Answer {
        let parameters = query.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        var request = HTTPClientRequest(url: "\(address.base)\(path)?\(parameters)")
        request.headers.add(name: "User-Agent", value: address.userAgent)
        request.headers.add(name: "Accept", value: "application/json")
        do {
            return try await answer(to: request)
        } catch is NIOTooManyBytesError {
            throw GeocoderError(.unavailable, "the provider answered more than \(Self.mostBytes >> 10) KiB")
        } catch let error as GeocoderError {
            throw error
        } catch {
            // The client may say so in other words.
            try Task.checkCancellation()
            // Not the error's own words: they may hold the URL, and with it the key.
            throw GeocoderError(.unavailable, "the provider at \(address.base) is not reached (\(type(of: error)))")
        }
    }

    private func answer(to request: HTTPClientRequest) async throws -> Answer {
        let timeout = address.timeout
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask {
                let response = try await Self.http.execute(request, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: Self.mostBytes)
                let seconds = response.headers.first(name: "Retry-After").flatMap(Int.init)
                return Answer(
                    status: Int(response.status.code), body: Data(buffer: body),
                    retryAfter: seconds.flatMap { $0 > 0 ? .seconds($0) : nil })
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw GeocoderError(.unavailable, "the provider did not answer within \(timeout)")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

extension ProviderClient.Answer {
    /// What the status says when it is no success; nil when it is one.
    var failure: GeocoderError? {
        switch status {
        case 200..<300: nil
        case 429: GeocoderError(.busy, "the provider has been asked too often (429)", retryAfter: retryAfter)
        case 400, 414, 422: GeocoderError(.refusedAddress, "the provider does not take the address (\(status))")
        case 408, 500...: GeocoderError(.unavailable, "the provider fails (\(status))", retryAfter: retryAfter)
        case 401, 403:
            GeocoderError(.denied, "the provider refuses this server (\(status)): check its terms of use and the key")
        case 300..<400:
            GeocoderError(.denied, "the provider has moved (\(status)): set SRTO_GEOCODER_URL to where it is now")
        default: GeocoderError(.denied, "the provider knows no such path (\(status)): check SRTO_GEOCODER_URL")
        }
    }

    /// The answer's JSON.
    /// - Throws: `GeocoderError` when it is none of this form.
    func decoded<Value: Decodable>(as type: Value.Type) throws(GeocoderError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw GeocoderError(.unavailable, "the provider's answer (\(status)) is not understood")
        }
    }
}

/// An address as it is sent, words one space apart.
/// - Throws: `GeocoderError` when it is longer than any address.
func plainAddress(_ address: String) throws(GeocoderError) -> String {
    let text = address.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard text.utf8.count <= GeocoderError.mostAddressBytes else { throw GeocoderError.addressTooLong }
    return text
}
