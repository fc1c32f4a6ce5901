/// Writes metrics in Prometheus' text format: each metric with its help and type, its series sorted.
struct MetricsText {
    private struct Metric {
        let kind: MetricSample.Kind
        let help: String
        /// The lines of each series, under what the series sorts by.
        var series: [String: [String]] = [:]
    }

    private var metrics: [String: Metric] = [:]

    mutating func add(_ sample: MetricSample) {
        add(
            sample.name, sample.kind, sample.help, sample.labels, [Self.line(sample.name, sample.labels, sample.value)])
    }

    mutating func add(
        _ series: PrometheusRegistry.Series, _ instrument: PrometheusRegistry.Instrument, help: String
    ) {
        let (name, labels) = (series.name, series.labels)
        switch instrument {
        case .counter(let counter):
            add(name, .counter, help, labels, [Self.line(name, labels, Double(counter.count))])
        case .gauge(let gauge):
            add(name, .gauge, help, labels, [Self.line(name, labels, gauge.level)])
        case .histogram(let histogram):
            add(name, .histogram, help, labels, Self.lines(name, labels, histogram.snapshot))
        }
    }

    func written() -> String {
        var text = ""
        for (name, metric) in metrics.sorted(by: { $0.key < $1.key }) {
            if !metric.help.isEmpty { text += "# HELP \(name) \(Self.escaped(metric.help, quotes: false))\n" }
            text += "# TYPE \(name) \(metric.kind.rawValue)\n"
            for (_, lines) in metric.series.sorted(by: { $0.key < $1.key }) {
                for line in lines { text += line + "\n" }
            }
        }
        return text
    }

    private mutating func add(
        _ name: String, _ kind: MetricSample.Kind, _ help: String, _ labels: [MetricLabel], _ lines: [String]
    ) {
        metrics[name, default: Metric(kind: kind, help: help)].series[Self.written(labels)] = lines
    }

    /// Buckets are cumulative, the last one holds everything.
    private static func lines(
        _ name: String, _ labels: [MetricLabel], _ state: HistogramInstrument.State
    ) -> [String] {
        var lines: [String] = []
        var total = 0
        for (position, count) in state.counts.enumerated() {
            total += count
            let bound =
                position < HistogramInstrument.bounds.count ? "\(HistogramInstrument.bounds[position])" : "+Inf"
            lines.append(line(name + "_bucket", labels + [MetricLabel("le", bound)], Double(total)))
        }
        return lines + [line(name + "_sum", labels, state.sum), line(name + "_count", labels, Double(total))]
    }

    private static func line(_ name: String, _ labels: [MetricLabel], _ value: Double) -> String {
        let number = Int64(exactly: value).map(String.init) ?? "\(value)"
        return name + written(labels) + " " + number
    }

    private static func written(_ labels: [MetricLabel]) -> String {
        let inner = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        return inner.isEmpty ? "" : "{\(inner)}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? escaped.replacing("\"", with: "\\\"") : escaped
    }
}
