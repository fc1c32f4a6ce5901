import ArgumentParser
import Foundation

/// `srto snapshot`: a territory's snapshot, as the server has it ready.
struct SnapshotCommand: AsyncParsableCommand {
    /// Which columns.
    enum View: String, ExpressibleByArgument, CaseIterable, Sendable {
        case full, map
    }

    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Print a territory's snapshot as JSON.")

    @Argument(help: "Id of the territory.")
    var territory: String

    @Option(help: "All columns, or the six of the map.")
    var view = View.full

    @Option(name: [.short, .long], help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.run { api, console in
            let path = "/api/territory/\(ServerAddress.escaped(territory))/snapshot"
            let url = api.address.url(path, query: view == .full ? [] : [("view", view.rawValue)])
            let download =
                if let output { try await api.download(url, to: output) } else { try await api.printDownload(url) }
            let hash = download.headers.first(name: "etag") ?? "none"
            let version = Self.catalogVersion(inHead: download.head).map { ", catalog version \($0)" } ?? ""
            console.error("snapshot of \(territory): hash \(hash)\(version), \(download.size.bytes)".printable)
        }
    }

    /// The version that the snapshot carries among its first members; a snapshot is too large to be decoded for it.
    static func catalogVersion(inHead head: Data) -> Int64? {
        let text = String(decoding: head, as: UTF8.self)
        guard let name = text.range(of: "\"catalog_version\":") else { return nil }
        return Int64(text[name.upperBound...].drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber })
    }
}
