package import HummingbirdCore
package import Logging

/// The events endpoint beside everything else that an HTTP server answers, on the same port.
package enum NotifierServer {
    /// A server for Hummingbird's `Application(router:server:)`. `GET` of the endpoint's path becomes a WebSocket;
    /// every other request goes to the application as usual.
    /// - Parameters:
    ///   - authenticate: reads a bearer token; a token whose end has passed closes its socket.
    ///   - http: settings of the HTTP connections.
    package static func builder(
        hub: EventHub, authenticate: @escaping Authenticate, authorizer: TopicAuthorizer,
        configuration: NotifierConfiguration = NotifierConfiguration(),
        http: HTTP1Channel.Configuration = HTTP1Channel.Configuration(), logger: Logger
    ) -> HTTPServerBuilder {
        let endpoint = EventsEndpoint(
            hub: hub, authenticate: authenticate, authorizer: authorizer, configuration: configuration,
            admission: SocketAdmission(
                limit: configuration.maxSockets, limitPerUser: configuration.maxSocketsPerUser,
                limitUnclaimed: configuration.maxSocketsWithoutToken),
            logger: logger)
        return HTTPServerBuilder { responder in
            HTTP1Channel(
                responder: { request, writer, channel in
                    guard request.method == .get, request.uri.path == configuration.path else {
                        try await responder(request, writer, channel)
                        return
                    }
                    try await endpoint.serve(request, writer, channel)
                }, configuration: http)
        }
    }
}
