import ArgumentParser
import Domain
import Foundation
import Imports

/// `srto schema`: how files become rows of the catalog.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Look at import schemas, save them, and have one proposed for a file.",
        subcommands: [List.self, Show.self, Save.self, SchemaProposeCommand.self, Document.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest version of every schema.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let schemas = try await api.schemas()
                if output.json { return console.print(try JSONValue.array(schemas).text(pretty: true)) }
                var table = TextTable([
                    .init("schema"), .init("version"), .init("name"), .init("strategy"), .init("entities", .right),
                ])
                for schema in schemas {
                    table.add(
                        ["schemaId", "version", "schemaName", "deltaStrategy"].map { schema[$0]?.cell ?? "" }
                            + [schema["entities"]?.memberCount.grouped ?? "-"])
                }
                console.print(schemas.isEmpty ? ["no schemas"] : table.lines(console.outputStyle))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the newest version of a schema as JSON.")

        @Argument(help: "The schema's id.")
        var schema: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                guard let found = try await api.schemas().first(where: { $0["schemaId"]?.cell == schema }) else {
                    throw ClientError(
                        .usage, "there is no schema \(schema)", advice: "'srto schema list' lists those there are")
                }
                console.print(try found.text(pretty: true))
            }
        }
    }

    struct Save: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save a schema; its version must be new, and whoever saves it an administrator.")

        @Argument(help: "A file with the schema as JSON.")
        var file: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let data: Data
                do {
                    data = try Data(contentsOf: URL(filePath: file))
                } catch {
                    throw ClientError(.file, "\(file) cannot be read", advice: error.localizedDescription)
                }
                let saved = try await api.save(schema: data)
                console.print(
                    "saved schema \((saved["schemaId"]?.cell ?? "").printable) version "
                        + (saved["version"]?.cell ?? "").printable)
            }
        }
    }

    struct Document: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "json", abstract: "Print the JSON Schema that import schemas follow.")

        func run() { Console().print(SchemaDocument.text) }
    }
}
