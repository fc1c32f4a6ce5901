package import CoreMetrics
import Synchronization

/// Keeps the process's metrics and writes them in Prometheus' text format. By hand: the library that does so,
/// swift-prometheus, is out of reach here.
package final class PrometheusRegistry: MetricsFactory {
    /// Reads samples when they are asked for.
    package typealias Collector = @Sendable () async -> [MetricSample]

    /// Series beyond this one are not kept: a label that takes its value from outside must not fill the memory.
    static let maximumSeries = 10_000

    struct Series: Hashable {
        let name: String
        let labels: [MetricLabel]
    }

    enum Instrument {
        case counter(CounterInstrument)
        case gauge(GaugeInstrument)
        case histogram(HistogramInstrument)
    }

    private let instruments = Mutex<[Series: Instrument]>([:])
    private let collectors = Mutex<[Collector]>([])
    private let help: [String: String]

    /// - Parameter help: one line for each metric, by name.
    package init(help: [String: String]) { self.help = help }

    /// Adds what is read at every exposition.
    package func collect(_ collector: @escaping Collector) { collectors.withLock { $0.append(collector) } }

    /// Everything there is to tell, in Prometheus' text format 0.0.4.
    package func exposition() async -> String {
        var text = MetricsText()
        for (series, instrument) in instruments.withLock({ $0 }) {
            text.add(series, instrument, help: help[series.name] ?? "")
        }
        for collector in collectors.withLock({ $0 }) {
            for sample in await collector() { text.add(sample) }
        }
        return text.written()
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let counter) = instrument(label, dimensions, { .counter(CounterInstrument()) }) {
            return counter
        }
        return CounterInstrument()
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    // Series live as long as the process, as Prometheus wants counters to.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeInstrument {
        if case .gauge(let gauge) = instrument(label, dimensions, { .gauge(GaugeInstrument()) }) { return gauge }
        return GaugeInstrument()
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramInstrument {
        if case .histogram(let histogram) = instrument(label, dimensions, { .histogram(HistogramInstrument()) }) {
            return histogram
        }
        return HistogramInstrument()
    }

    /// The instrument of a series, made when it is new.
    private func instrument(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Instrument
    ) -> Instrument {
        let series = Series(name: label, labels: dimensions.map { MetricLabel($0.0, $0.1) })
        return instruments.withLock { instruments in
            if let known = instruments[series] { return known }
            let new = make()
            if instruments.count < Self.maximumSeries { instruments[series] = new }
            return new
        }
    }
}
