import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The server's HTTP routes, as a client with a token sees them.
///
/// A call that did no harm is repeated with back-off while the server is not there, for at most `patience`: it may be
/// restarting.
struct ServerAPI: Sendable {
    let address: ServerAddress
    let token: String
    let http: HTTPClient
    var patience: Duration

    /// One request.
    struct Call: Sendable {
        enum Body: Sendable {
            case none
            case json(Data)
            /// A file from a byte on, told how far into the file it is.
            case file(LocalFile, from: Int64 = 0, progress: @Sendable (Int64) -> Void)
        }

        var method: HTTPMethod = .GET
        var url: String
        var body: Body = .none
        var headers: [(name: String, value: String)] = []
        /// Whether carrying it out twice does no harm.
        var isRepeatable = true
        /// How long the whole answer may take.
        var limit = TimeAmount.seconds(60)
    }

    private static let maxDocumentBytes = 64 << 20

    /// Makes a client for the length of `body`.
    static func with<Value: Sendable>(
        _ address: ServerAddress, token: String, patience: Duration, _ body: (ServerAPI) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration(
            timeout: .init(connect: .seconds(5), read: .seconds(60)), decompression: .enabled(limit: .none))
        // The attempts are ours, so that a person is told in time.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await body(ServerAPI(address: address, token: token, http: http, patience: patience))
            try await http.shutdown()
            return value
        } catch {
            // The first error is the one to tell.
            try? await http.shutdown()
            throw error
        }
    }

    /// The body of the answer, read whole.
    func fetch(_ call: Call) async throws(ClientError) -> Data {
        try await perform(call) { response in
            Data((try await response.body.collect(upTo: Self.maxDocumentBytes)).readableBytesView)
        }
    }

    /// The answer, decoded.
    func fetch<Value: Decodable & Sendable>(_ call: Call, as type: Value.Type) async throws(ClientError) -> Value {
        let data = try await fetch(call)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw ClientError(
                .misunderstood, "the answer of \(call.url) cannot be read (\(error))",
                advice: "check that server and client are of one version")
        }
    }

    /// Sends the request, again where that helps, and reads a successful answer.
    func perform<Value: Sendable>(
        _ call: Call, _ receive: @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws(ClientError) -> Value {
        let begin = ContinuousClock.now
        var backOff = BackOff()
        while true {
            let failure: CallFailure
            switch await attempt(call, receive) {
            case .success(let value): return value
            case .failure(.given(let error)): throw error
            case .failure(.failed(let reason)): failure = reason
            }
            var pause = backOff.next()
            if case .answered(_, let advised?) = failure { pause = max(pause, advised) }
            guard failure.allowsRetry(ofRepeatable: call.isRepeatable), ContinuousClock.now + pause - begin < patience
            else { throw failure.error(at: address) }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw ClientError.interrupted
            }
        }
    }

    private enum AttemptError: Error {
        case failed(CallFailure)
        /// In words already: trying again cannot help.
        case given(ClientError)
    }

    private func attempt<Value: Sendable>(
        _ call: Call, _ receive: @Sendable (HTTPClientResponse) async throws -> Value
    ) async -> Result<Value, AttemptError> {
        do {
            let response = try await http.execute(request(call), timeout: call.limit)
            guard (200..<300).contains(response.status.code) else {
                return .failure(.failed(try await Self.refusal(response)))
            }
            return .success(try await receive(response))
        } catch let error as ClientError {
            return .failure(.given(error))
        } catch {
            if Task.isCancelled { return .failure(.given(.interrupted)) }
            return .failure(.failed(CallFailure(error)))
        }
    }

    private static func refusal(_ response: HTTPClientResponse) async throws -> CallFailure {
        let body = try await response.body.collect(upTo: 1 << 20)
        let seconds = response.headers.first(name: "retry-after").flatMap(Int.init)
        return .answered(
            ProblemDocument(status: Int(response.status.code), body: Data(body.readableBytesView)),
            retryAfter: seconds.map { .seconds($0) })
    }

    private func request(_ call: Call) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: call.url)
        request.method = call.method
        if address.owns(call.url) { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.headers.add(name: "accept-encoding", value: "gzip")
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        switch call.body {
        case .none: break
        case .json(let data):
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: data))
        case .file(let file, let offset, let progress):
            if !request.headers.contains(name: "content-type") {
                request.headers.add(name: "content-type", value: "text/csv")
            }
            request.body = .stream(
                FileChunks(file: file, from: offset, progress: progress), length: .known(file.size - offset))
        }
        return request
    }
}
