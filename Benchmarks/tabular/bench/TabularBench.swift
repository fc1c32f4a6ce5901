import Tabular

/// `tabular-bench [ROWS]` measures the reader; `tabular-bench sniff FILE…` says what the sniffer makes of files;
/// `tabular-bench workbook FILE…` turns workbooks into CSV.
@main
struct TabularBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "sniff" {
            for file in arguments.dropFirst() { try SniffReport.write(file) }
        } else if arguments.first == "workbook" {
            for file in arguments.dropFirst() { try WorkbookBench.run(file) }
        } else {
            ReaderBench.run(rows: arguments.first.flatMap { Int($0) } ?? 200_000)
        }
    }
}
