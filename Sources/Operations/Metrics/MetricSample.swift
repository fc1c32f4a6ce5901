/// One number of a metric that is read when it is asked for.
package struct MetricSample: Sendable, Equatable {
    /// What Prometheus takes the metric for.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let name: String
    package let kind: Kind
    package let help: String
    package let labels: [MetricLabel]
    package let value: Double

    package init(_ name: String, _ kind: Kind, help: String, labels: [MetricLabel] = [], value: Double) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.value = value
    }
}

/// A name and a value that tell samples of one metric apart.
package struct MetricLabel: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
