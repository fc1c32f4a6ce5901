import HTTPTypes

extension HTTPResponse.Status {
    /// The standard phrase of a status: one that was made from its number alone carries none.
    static func phrase(_ code: Int) -> String {
        let standard: [HTTPResponse.Status] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .requestTimeout,
            .conflict, .gone, .lengthRequired, .preconditionFailed, .contentTooLarge, .uriTooLong,
            .unsupportedMediaType, .rangeNotSatisfiable, .unprocessableContent, .preconditionRequired,
            .tooManyRequests, .requestHeaderFieldsTooLarge, .internalServerError, .notImplemented, .badGateway,
            .serviceUnavailable, .gatewayTimeout, .init(code: 507, reasonPhrase: "Insufficient Storage"),
        ]
        return standard.first { $0.code == code }?.reasonPhrase ?? "Status \(code)"
    }
}
