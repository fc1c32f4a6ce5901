import AMQP
import Foundation
import Jobs

extension AMQPMessage {
    /// A message as AMQP carries it: persistent, and an error when no queue takes it.
    init(_ outbound: OutboundMessage) {
        let message = outbound.message
        self.init(
            exchange: outbound.exchange, routingKey: outbound.routingKey, body: message.body,
            properties: AMQPProperties(
                contentType: "application/json", messageID: message.id, type: message.type,
                timestampSeconds: Int64(Date.now.timeIntervalSince1970),
                appID: message.source,
                headers: message.headers.mapValues(AMQPValue.init)))
    }
}

extension AMQPValue {
    fileprivate init(_ header: WireMessage.Header) {
        switch header {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .int(number)
        }
    }
}

extension WireMessage.Header {
    /// Nil for headers that are neither text nor number: the runtime reads none of those.
    fileprivate init?(_ value: AMQPValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .int(let number): self = .integer(number)
        default: return nil
        }
    }
}

extension Delivery {
    init(_ delivery: AMQPDelivery) {
        // `compactMapValues` reserves nothing and hashes every name again each time it grows.
        var headers: [String: WireMessage.Header] = Dictionary(minimumCapacity: delivery.headers.count)
        for (name, value) in delivery.headers { headers[name] = WireMessage.Header(value) }
        let message = WireMessage(
            id: delivery.properties.messageID, type: delivery.properties.type, source: delivery.properties.appID,
            headers: headers, body: delivery.body)
        // A broker that does not count says at least whether it is the first time.
        // On a first delivery the header is the publisher's, who may write anything in it.
        let count = message.integer(HeaderName.deliveryCount) ?? (delivery.isRedelivered ? 1 : 0)
        let receipt = delivery.receipt
        self.init(
            message: message, deliveryCount: Int(min(max(0, count), 1_000_000)),
            offset: message.integer("x-stream-offset")
        ) { settlement throws(BrokerError) in
            switch settlement {
            case .ack: receipt.ack()
            case .requeue: receipt.reject(requeue: true)
            }
        }
    }
}

extension BrokerError {
    /// The client's error in the port's words.
    init(_ error: AMQPError) {
        let code: Code
        var messageID: String?
        switch error.code {
        case .unroutable(_, _, let id):
            code = .unroutable
            messageID = id
        case .refused(let id):
            code = .refused
            messageID = id
        case .consumerCancelled: code = .consumerCancelled
        case .overloaded, .blocked: code = .overloaded
        case .notConnected, .connectionLost, .timeout, .connectionClosed, .clientClosed, .cancelled:
            code = .unavailable
        case .invalidArgument, .messageTooLarge: code = .unacceptable
        case .invalidConfiguration, .refusedCredentials, .refusedVirtualHost, .protocolViolation, .channelClosed:
            code = .refused
        }
        self.init(code, error.description, messageID: messageID, cause: error)
    }
}
