import Tabular

/// `tabular-bench` measures the reader; `tabular-bench sniff FILE…` says what the sniffer makes of files.
@main
struct TabularBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "sniff" {
            for file in arguments.dropFirst() { try SniffReport.write(file) }
        } else {
            ReaderBench.run()
        }
    }
}
