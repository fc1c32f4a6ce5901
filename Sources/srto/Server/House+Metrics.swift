import AMQP
import Catalog
import Domain
import Foundation
import Geocoding
import Jobs
import Operations

extension House {
    /// What `/metrics` tells beyond what the runtime counts itself: read when it is asked for.
    func addCollectors() {
        let (client, operations) = (connection.client, operations)
        metrics.collect { Self.brokerSamples(client.statistics) + Self.connectionSamples(client) }
        metrics.collect { await operations.metricSamples() }
        if let geocoder = settings.geocoding.geocoder { metrics.collect { Self.geocoderSamples(geocoder) } }
    }

    /// An empty registry that knows the runtime's metrics.
    static func registry() -> PrometheusRegistry {
        PrometheusRegistry(
            help: Dictionary(uniqueKeysWithValues: JobMetrics.Name.allCases.map { ($0.rawValue, $0.help) }))
    }

    private static func brokerSamples(_ statistics: AMQPStatistics) -> [MetricSample] {
        [
            ("published", "Messages written to a connection.", statistics.published),
            ("confirmed", "Messages that the broker took over.", statistics.confirmed),
            ("returned", "Messages that no queue took.", statistics.returned),
            ("nacked", "Messages that the broker refused.", statistics.nacked),
            ("consumed", "Messages received by consumers, events included.", statistics.delivered),
            ("acked", "Deliveries acknowledged, events included.", statistics.acked),
            ("rejected", "Deliveries given back.", statistics.rejected),
            ("acks_discarded", "Acks whose connection was gone.", statistics.discardedAcks),
            ("reconnects", "Connections made again after a loss.", statistics.reconnects),
        ].map { name, help, count in
            MetricSample("srto_broker_\(name)_total", .counter, help: help, value: Double(count))
        }
    }

    private static func geocoderSamples(_ geocoder: PacedGeocoder) -> [MetricSample] {
        let statistics = geocoder.statistics
        return [("found", statistics.found), ("unknown", statistics.unknown), ("failed", statistics.failed)].map {
            MetricSample(
                "srto_geocoder_questions_total", .counter, help: "Addresses that the provider was asked for.",
                labels: [MetricLabel("provider", geocoder.provider), MetricLabel("outcome", $0)], value: Double($1))
        }
    }

    private static func connectionSamples(_ client: AMQPClient) -> [MetricSample] {
        AMQPConnectionRole.allCases.flatMap { role in
            let labels = [MetricLabel("connection", role.rawValue)]
            let state = client.state(of: role)
            return [
                MetricSample(
                    "srto_broker_connected", .gauge, help: "Whether the connection stands.", labels: labels,
                    value: state.isConnected ? 1 : 0),
                MetricSample(
                    "srto_broker_blocked", .gauge,
                    help: "Whether an alarm of the broker (memory, disk) holds up what is published.", labels: labels,
                    value: state.blockedReason == nil ? 0 : 1),
            ]
        }
    }
}
