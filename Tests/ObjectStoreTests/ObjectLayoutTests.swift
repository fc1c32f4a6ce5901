import ObjectStore
import Testing

/// The specification's section 4.4.
struct ObjectLayoutTests {
    @Test(arguments: [
        (ObjectLayout.staging(session: "s1"), "imports/staging/s1"),
        (ObjectLayout.upload(session: "s1", file: 0), "imports/staging/s1/upload-00000"),
        (ObjectLayout.sealedFile(session: "s1", file: 12), "imports/staging/s1/file-00012"),
        (ObjectLayout.fileLayouts(session: "s1"), "imports/staging/s1/layouts"),
        (ObjectLayout.stagedRows(session: "s1", chunk: 99_999), "imports/staging/s1/rows-99999"),
        (ObjectLayout.stagedKeys(session: "s1", chunk: 100_000), "imports/staging/s1/keys-100000"),
        (ObjectLayout.stagedIssues(session: "s1", chunk: 7), "imports/staging/s1/issues-00007"),
        (ObjectLayout.refusals(session: "s1"), "imports/staging/s1/refusals"),
        (
            ObjectLayout.processedFile(session: "s1", date: "2026-11-24", file: 1),
            "imports/processed/2026-11-24/s1/file-00001"
        ),
        (ObjectLayout.report(session: "s1", date: "2026-11-24"), "imports/processed/2026-11-24/s1/report.csv"),
        (
            ObjectLayout.snapshot(territory: "T1", view: "map", hash: "0a"),
            "snapshots/territories/T1/snapshot-map-0a.json.gz"
        ),
        (ObjectLayout.snapshotManifest(territory: "T1"), "snapshots/territories/T1/metadata.json"),
    ])
    func `everything lies where the specification has it`(_ key: ObjectKey, _ path: String) {
        #expect(key.description == path)
        #expect(ObjectKey(path: path) == key)
    }

    @Test(arguments: ["../../etc/passwd", "", "a/b", "/", "\0", "..", String(repeating: "ร", count: 200)])
    func `a name from outside is one component, whatever it holds`(_ name: String) {
        #expect(ObjectLayout.upload(session: name, file: 0).components.count == 4)
        #expect(ObjectLayout.report(session: name, date: name).components.count == 5)
        #expect(ObjectLayout.snapshotManifest(territory: name).components.count == 4)
        #expect(ObjectLayout.snapshot(territory: name, view: "full", hash: name).components.count == 4)
        #expect(
            ObjectLayout.snapshotManifest(territory: name).components.allSatisfy { $0.utf8.count <= 240 })
    }

    @Test func `a session's staging folder holds what only its stages need, and not its neighbour's`() {
        let folder = ObjectLayout.staging(session: "s1").description + "/"
        #expect(ObjectLayout.stagedRows(session: "s1", chunk: 0).description.hasPrefix(folder))
        #expect(!ObjectLayout.stagedRows(session: "s12", chunk: 0).description.hasPrefix(folder))
        #expect(!ObjectLayout.processedFile(session: "s1", date: "d", file: 0).description.hasPrefix(folder))
    }
}
