import Domain
import Foundation
import TestSupport
import Testing

@testable import Imports

@Suite struct SchemaProposalTests {
    private static func proposal(_ text: String, _ table: EntityTable? = nil) throws -> SchemaProposal {
        let proposal = try SchemaProposal(fileName: "outlets_2026-11.csv", head: Array(text.utf8), table: table)
        #expect(SchemaCheck.faults(in: proposal.schema) == [])
        return proposal
    }

    private static func sources(_ proposal: SchemaProposal) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: proposal.columns.map { ($0.target, $0.sources) })
    }

    @Test func `names that say what they are are mapped with confidence`() throws {
        let proposal = try Self.proposal(
            """
            Store Number,storeName,Street,City,LAT,Long,Trade Type,Dealer Code,Turnover,Remarks
            17,Joe's,1 Main St,Ames,41.5,-93.6,General Trade,D1,100.5,x
            18,Ann's,2 Main St,Ames,41.6,-93.7,Modern Trade,D1,200,y

            """)
        #expect(proposal.schema.entities["outlets"]?.files == ["outlets_*-*.csv"])
        let sources = Self.sources(proposal)
        #expect(sources["outlet_id"] == ["Store Number"])
        #expect(sources["outlet_name"] == ["storeName"])
        #expect(sources["address"] == ["Street", "City"])
        #expect(sources["latitude"] == ["LAT"] && sources["longitude"] == ["Long"])
        #expect(sources["sales_volume"] == ["Turnover"])
        #expect(sources["channel"] == ["Trade Type"])
        #expect(proposal.schema.lookupTables?["channels"]?.entries == ["General Trade": "GT", "Modern Trade": "MT"])
        #expect(proposal.unmapped.contains("Remarks"))
        #expect(proposal.columns.filter { sources[$0.target]?.isEmpty == false }.allSatisfy { $0.confidence > 0.45 })
    }

    /// Seen red with values not looked at, and with any bare "id" taken for a distributor's code.
    @Test func `a name whose values do not fit is not mapped`() throws {
        let proposal = try Self.proposal("id,name,lat,lon\n1,a,north,west\n2,b,south,east\n", .outlets)
        #expect(Self.sources(proposal)["latitude"] == nil)
        #expect(Set(proposal.unmapped) == ["lat", "lon"])
    }

    @Test func `what a table needs and the file lacks is filled with a stand-in of no confidence`() throws {
        let proposal = try Self.proposal("shop,city\nJoe's,Ames\nAnn's,Ames\n", .outlets)
        let byTarget = Dictionary(uniqueKeysWithValues: proposal.columns.map { ($0.target, $0) })
        #expect(byTarget["outlet_id"]?.transform == .contentHash)
        #expect(byTarget["channel"]?.transform == .const)
        #expect((byTarget["outlet_id"]?.confidence ?? 1) < 0.5 && byTarget["channel"]?.confidence == 0)
    }

    @Test func `what is no table is refused in words`() {
        for text in ["", "%PDF-1.7 and more", "{\"a\": 1}"] {
            #expect(throws: RequestError.self) { try Self.proposal(text) }
        }
    }

    /// Every file of the sample, never seen by the proposal: coordinates and names are found where the file has them, and
    /// the schema takes the file.
    @Test func `a proposal for each file of the sample takes that file`() throws {
        let folder = TestServers.repository.appending(path: "Config/sample")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".csv") }
            .sorted()
        #expect(names.count > 10)
        for name in names {
            let head = Array(try Data(contentsOf: folder.appending(path: name)).prefix(1 << 20))
            let table: EntityTable? = name == "territories.csv" ? .territories : nil
            let proposal = try SchemaProposal(fileName: name, head: head, table: table)
            #expect(SchemaCheck.faults(in: proposal.schema) == [], "\(name)")
            let entity = try #require(proposal.schema.entities.values.first)
            #expect(entity.files.contains { GlobPattern($0).matches(name) }, "\(name)")
            if name.contains("__") {
                #expect(entity.table == .outlets, "\(name): \(entity.table)")
                let targets = Set(proposal.columns.map(\.target))
                #expect(targets.isSuperset(of: ["latitude", "longitude", "address"]), "\(name): \(targets)")
            }
        }
    }
}
