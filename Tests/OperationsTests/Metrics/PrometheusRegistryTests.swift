import CoreMetrics
import Testing

@testable import Operations

struct PrometheusRegistryTests {
    @Test func `counters, gauges and times are written as Prometheus reads them`() async {
        let registry = PrometheusRegistry(help: ["jobs_total": "Jobs \\ done.", "job_seconds": "How long."])
        Counter(label: "jobs_total", dimensions: [("queue", "b")], factory: registry).increment(by: 3)
        Counter(label: "jobs_total", dimensions: [("queue", "a \"quoted\"\nline\\")], factory: registry).increment()
        let meter = Meter(label: "in_flight", factory: registry)
        meter.increment(by: 5)
        meter.decrement(by: 2)
        let timer = Timer(label: "job_seconds", dimensions: [("queue", "q")], factory: registry)
        timer.recordMilliseconds(4)
        timer.recordSeconds(2)
        timer.recordSeconds(1000)
        registry.collect { [MetricSample("depth", .gauge, help: "Depth.", value: 1.5)] }
        let lines = await registry.exposition().split(separator: "\n").map(String.init)
        #expect(
            lines.filter { !$0.hasPrefix("job_seconds_bucket") } == [
                "# HELP depth Depth.", "# TYPE depth gauge", "depth 1.5", "# TYPE in_flight gauge", "in_flight 3",
                "# HELP job_seconds How long.", "# TYPE job_seconds histogram", #"job_seconds_sum{queue="q"} 1002.004"#,
                #"job_seconds_count{queue="q"} 3"#, #"# HELP jobs_total Jobs \\ done."#, "# TYPE jobs_total counter",
                #"jobs_total{queue="a \"quoted\"\nline\\"} 1"#, #"jobs_total{queue="b"} 3"#,
            ])
        let buckets = lines.filter { $0.hasPrefix("job_seconds_bucket") }
        #expect(buckets.count == HistogramInstrument.bounds.count + 1)
        #expect(buckets.first == #"job_seconds_bucket{queue="q",le="0.001"} 0"#)
        #expect(buckets.contains(#"job_seconds_bucket{queue="q",le="0.005"} 1"#))
        #expect(buckets.contains(#"job_seconds_bucket{queue="q",le="300.0"} 2"#))
        #expect(buckets.last == #"job_seconds_bucket{queue="q",le="+Inf"} 3"#)
    }

    @Test func `one series has one instrument, however often it is asked for`() async {
        let registry = PrometheusRegistry(help: [:])
        for _ in 0..<4 { Counter(label: "n_total", factory: registry).increment() }
        #expect(await registry.exposition() == "# TYPE n_total counter\nn_total 4\n")
    }

    /// Seen red without the bound.
    @Test func `labels that never end do not fill the memory, and what is known goes on`() async {
        let registry = PrometheusRegistry(help: [:])
        for number in 0..<(PrometheusRegistry.maximumSeries + 50) {
            Counter(label: "n_total", dimensions: [("x", "\(number)")], factory: registry).increment()
        }
        Counter(label: "n_total", dimensions: [("x", "0")], factory: registry).increment()
        let text = await registry.exposition()
        #expect(text.split(separator: "\n").count == PrometheusRegistry.maximumSeries + 1)
        #expect(text.contains("n_total{x=\"0\"} 2\n"))
    }

    @Test func `a name that is taken by another kind does not end the process`() async {
        let registry = PrometheusRegistry(help: [:])
        Counter(label: "n", factory: registry).increment()
        Meter(label: "n", factory: registry).set(7)
        Timer(label: "n", factory: registry).recordSeconds(1)
        #expect(await registry.exposition() == "# TYPE n counter\nn 1\n")
    }
}
