import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

/// A problem document as a client reads it.
struct ProblemDocument: Decodable, Equatable {
    var type: String
    var title: String
    var status: Int
    var detail: String
    var instance: String
    var code: String?
    var traceId: String
}

/// Checks that an answer is a whole problem document of this status and code, and returns it.
@discardableResult
func expectProblem(
    _ response: TestResponse, _ status: Int, _ code: ErrorCode? = nil, says words: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> ProblemDocument {
    let text = String(buffer: response.body)
    #expect(response.status.code == status, "\(text)", sourceLocation: sourceLocation)
    #expect(response.headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
    #expect(response.headers[.cacheControl] == "no-store", sourceLocation: sourceLocation)
    let problem = try JSONDecoder().decode(ProblemDocument.self, from: Data(text.utf8))
    #expect(problem.status == status, sourceLocation: sourceLocation)
    #expect(problem.code == code?.rawValue, "\(text)", sourceLocation: sourceLocation)
    #expect(
        problem.type == code.map { "urn:srto:error:\($0.rawValue)" } ?? "about:blank", sourceLocation: sourceLocation)
    // Seen red with the title of a status that was made from its number alone: it was empty.
    #expect(!problem.title.isEmpty, "\(text)", sourceLocation: sourceLocation)
    #expect(!problem.detail.isEmpty, sourceLocation: sourceLocation)
    #expect(problem.instance.hasPrefix("/"), sourceLocation: sourceLocation)
    #expect(problem.traceId.count == 32, sourceLocation: sourceLocation)
    #expect(
        response.headers[fields: .traceparent].first?.value.split(separator: "-").dropFirst().first
            .map(String.init) == problem.traceId, sourceLocation: sourceLocation)
    if !words.isEmpty {
        #expect(problem.detail.contains(words), "\(problem.detail)", sourceLocation: sourceLocation)
    }
    return problem
}

/// A JSON answer of this status, by field.
func jsonObject(
    _ response: TestResponse, _ status: HTTPResponse.Status = .ok, sourceLocation: SourceLocation = #_sourceLocation
) throws -> [String: Any] {
    let text = String(buffer: response.body)
    #expect(response.status == status, "\(text)", sourceLocation: sourceLocation)
    #expect(response.headers[.contentType] == "application/json", sourceLocation: sourceLocation)
    return try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], sourceLocation: sourceLocation)
}
