import Domain
import Testing

@testable import Imports

@Suite struct SessionFilesTests {
    private static func fault(
        _ files: [DeclaredFile], limits: ImportLimits = ImportLimits(), schema: ImportSchema? = nil
    ) throws -> RequestError? {
        let schema = try schema ?? TestSchema.shop()
        do throws(RequestError) {
            _ = try SessionFiles.entities(of: files, in: schema, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func `each file finds its entity, in the order of the files`() throws {
        let files = ["outlets_b.csv", "territories.csv", "outlets_a.csv", "distributors-2.csv"]
        let entities = try SessionFiles.entities(
            of: files.map { DeclaredFile(name: $0, size: 1) }, in: TestSchema.shop(), limits: ImportLimits())
        #expect(entities == ["outlets", "territories", "outlets", "distributors"])
    }

    @Test(arguments: [
        "outlets/../a.csv", "/outlets.csv", "outlets\\a.csv", "outlets\n.csv", "outlets\r\n.csv", "outlets\0.csv",
        "outlets\u{2028}.csv",
    ])
    func `a name that is no plain file name is refused`(name: String) throws {
        let error = try Self.fault([DeclaredFile(name: name, size: 1)])
        #expect(error?.message.contains("not a plain file name") == true, "\(error?.message ?? "taken")")
    }

    @Test(arguments: [
        ("", 1, "1 to 200 bytes"), ("outlets" + String(repeating: "é", count: 99) + ".csv", 1, "1 to 200 bytes"),
        ("outlets.csv", 0, "outlets.csv is empty"), ("outlets.csv", -5, "outlets.csv cannot have -5 bytes"),
        ("outlets.csv", 101, "larger than 100 bytes"),
        ("streets.csv", 1, "It takes files named distributors*.csv, outlets*.csv, territories*.csv"),
    ])
    func `a file that cannot be imported is refused`(name: String, size: Int64, words: String) throws {
        var limits = ImportLimits()
        limits.maximumFileBytes = 100
        let error = try Self.fault([DeclaredFile(name: name, size: size)], limits: limits)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "taken")")
    }

    /// Seen red with the bound left out.
    @Test func `the files of a session have a bound together`() throws {
        var limits = ImportLimits()
        limits.maximumSessionBytes = 100
        let files = ["outlets_a.csv", "outlets_b.csv"].map { DeclaredFile(name: $0, size: 50) }
        #expect(try Self.fault(files, limits: limits) == nil)
        let error = try Self.fault(files + [DeclaredFile(name: "outlets_c.csv", size: 1)], limits: limits)
        #expect(error?.message.contains("101 bytes together") == true, "\(error?.message ?? "taken")")
    }

    @Test func `a session takes one file at least and a bound of files at most`() throws {
        var limits = ImportLimits()
        limits.maximumFiles = 2
        let files = (1...3).map { DeclaredFile(name: "outlets\($0).csv", size: 1) }
        #expect(try Self.fault([])?.code == .invalidFileFormat)
        #expect(try Self.fault(Array(files.prefix(2)), limits: limits) == nil)
        #expect(try Self.fault(files, limits: limits)?.message.contains("at most 2 files, not 3") == true)
    }

    @Test func `a file that several entities take is refused, and they are named`() throws {
        let schema = try TestSchema.shop { $0.entities["territories"]?.files = ["out*"] }
        let error = try Self.fault([DeclaredFile(name: "outlets.csv", size: 1)], schema: schema)
        #expect(error?.message.contains("outlets, territories") == true, "\(error?.message ?? "taken")")
    }

    /// Seen red with the check for a name that stands twice taken out.
    @Test func `every fault of every file is named at once`() throws {
        let error = try Self.fault([
            DeclaredFile(name: "outlets.csv", size: 1), DeclaredFile(name: "outlets.csv", size: 1),
            DeclaredFile(name: "streets.csv", size: 1), DeclaredFile(name: "territories.csv", size: 0),
        ])
        #expect(error?.code == .schemaValidationFailed)
        for words in ["outlets.csv is named twice", "named streets.csv", "territories.csv is empty"] {
            #expect(error?.message.contains(words) == true, "\(words) in \(error?.message ?? "nothing")")
        }
    }
}
