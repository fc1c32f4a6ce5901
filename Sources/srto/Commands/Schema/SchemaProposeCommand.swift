import ArgumentParser
import Domain
import Foundation
import Imports

/// `srto schema propose`: a schema for a file that nobody has mapped yet. It reads the file here and asks no server.
struct SchemaProposeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose a schema for a file from its header and its first records.",
        discussion: """
            The schema goes to standard output, ready for 'srto schema save'; how sure each column is goes to standard error. \
            With --json both are one document on standard output.
            """)

    @Argument(help: "A file as imports take it: CSV, bare or packed with gzip or zip, or an Excel workbook.")
    var file: String

    @Option(help: "What it fills: \(EntityTable.allCases.map(\.rawValue).joined(separator: ", ")). (default: a guess)")
    var entity: String?

    @OptionGroup var formats: FormatOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        do {
            let proposal = try await proposal()
            if output.json { return console.print(try Self.json(proposal)) }
            console.print(try Self.json(proposal.schema))
            for line in Self.table(proposal).lines(console.outputStyle) { console.error(line) }
            if !proposal.unmapped.isEmpty {
                console.error("not mapped: \(proposal.unmapped.joined(separator: ", "))".printable)
            }
        } catch let error as RequestError {
            console.error("srto: \(error.message)".printable)
            throw ExitCode(1)
        } catch let error as ClientError {
            console.error("srto: \(error)")
            throw ExitCode(1)
        }
    }

    private func proposal() async throws -> SchemaProposal {
        var table: EntityTable?
        if let entity {
            guard let known = EntityTable(rawValue: entity) else {
                throw ClientError(
                    .usage, "there is no entity \(entity)",
                    advice: "it is one of " + EntityTable.allCases.map(\.rawValue).joined(separator: ", "))
            }
            table = known
        }
        let name = URL(filePath: file).lastPathComponent
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
            throw ClientError(.file, "\(file) is a folder", advice: "name one of its files")
        }
        do {
            return try await SchemaProposal.forFile(
                at: file, format: formats.format(of: name, among: [name]), table: table)
        } catch let error as CocoaError {
            throw ClientError(.file, "\(file) cannot be read", advice: error.localizedDescription)
        }
    }

    static func table(_ proposal: SchemaProposal) -> TextTable {
        var table = TextTable([
            .init("column"), .init("from"), .init("transform"), .init("confidence", .right), .init("why"),
        ])
        for column in proposal.columns {
            table.add([
                column.target, column.sources.joined(separator: " + ").printable, column.transform?.rawValue ?? "",
                "\(Int((column.confidence * 100).rounded())) %", column.reason,
            ])
        }
        return table
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
