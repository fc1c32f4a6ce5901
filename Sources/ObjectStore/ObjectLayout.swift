/// Where everything lies (specification, section 4.4).
package enum ObjectLayout {
    /// What the URL names to which a file is uploaded.
    package static func upload(session: String, file: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "upload-\(padded(file))")
    }

    /// An uploaded file, by its content: of two uploads at once neither writes over the other. Sealing moves the one that
    /// counts to `sealedFile`.
    package static func uploaded(session: String, file: Int, sha256: String) -> ObjectKey {
        ObjectKey("imports", "staging", session, "upload-\(padded(file))-\(sha256)")
    }

    /// Whether a key is that of the uploaded file, whatever its content.
    package static func isUploaded(_ key: ObjectKey, session: String, file: Int) -> Bool {
        key.description.hasPrefix(upload(session: session, file: file).description + "-")
    }

    /// What has arrived so far of a file that is uploaded in parts.
    package static func partialUpload(session: String, file: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "part-\(padded(file))")
    }

    /// A file that is being imported.
    package static func sealedFile(session: String, file: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "file-\(padded(file))")
    }

    /// A file that is being imported, as UTF-8 text and out of what it was packed in; there is none where it is that already.
    package static func fileText(session: String, file: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "text-\(padded(file))")
    }

    /// How each file of a session divides into records and columns.
    package static func fileLayouts(session: String) -> ObjectKey {
        ObjectKey("imports", "staging", session, "layouts")
    }

    /// The rows of a validated chunk.
    package static func stagedRows(session: String, chunk: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "rows-\(padded(chunk))")
    }

    /// Those of its rows that were not known.
    /// - Parameter known: names the records that were.
    package static func unknownRows(session: String, chunk: Int, known: String) -> ObjectKey {
        ObjectKey("imports", "staging", session, "rows-\(padded(chunk))-\(known)")
    }

    /// Which of its rows were known.
    package static func knownRows(session: String, chunk: Int, known: String) -> ObjectKey {
        ObjectKey("imports", "staging", session, "known-\(padded(chunk))-\(known)")
    }

    /// The registers of known records.
    package static let knownRecords = ObjectKey("imports", "known")

    /// The keys and references of a validated chunk's rows.
    package static func stagedKeys(session: String, chunk: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "keys-\(padded(chunk))")
    }

    /// The issues of a validated chunk.
    package static func stagedIssues(session: String, chunk: Int) -> ObjectKey {
        ObjectKey("imports", "staging", session, "issues-\(padded(chunk))")
    }

    /// Which staged rows the resolve stage refused.
    package static func refusals(session: String) -> ObjectKey {
        ObjectKey("imports", "staging", session, "refusals")
    }

    /// What the rows that survived the resolve stage rely on.
    /// - Parameter version: of the catalog that was resolved against.
    package static func resolvedKeys(session: String, version: Int64) -> ObjectKey {
        ObjectKey("imports", "staging", session, "resolved", String(version))
    }

    /// What the session's files hold of the tables whose missing rows go.
    /// - Parameter version: of the catalog that was resolved against.
    package static func replacements(session: String, version: Int64) -> ObjectKey {
        ObjectKey("imports", "staging", session, "replacements", String(version))
    }

    /// Everything of a session that only its stages need.
    package static func staging(session: String) -> ObjectKey {
        ObjectKey("imports", "staging", session)
    }

    /// What is kept of a session after its end: its files, when they were merged, and its report.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func processed(session: String, date: String) -> ObjectKey {
        ObjectKey("imports", "processed", date, session)
    }

    /// A file whose rows are in the catalog.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func processedFile(session: String, date: String, file: Int) -> ObjectKey {
        ObjectKey("imports", "processed", date, session, "file-\(padded(file))")
    }

    /// The error report.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func report(session: String, date: String) -> ObjectKey {
        ObjectKey("imports", "processed", date, session, "report.csv")
    }

    /// How many issues the error report has, of each code.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func issueTally(session: String, date: String) -> ObjectKey {
        ObjectKey("imports", "processed", date, session, "tally.json")
    }

    /// The first issues of each code of the error report.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func issues(session: String, date: String) -> ObjectKey {
        ObjectKey("imports", "processed", date, session, "issues.json")
    }

    /// The first warnings of the error report, as the status route tells them.
    /// - Parameter date: on which the session was opened, `2026-11-24`.
    package static func warnings(session: String, date: String) -> ObjectKey {
        ObjectKey("imports", "processed", date, session, "warnings.json")
    }

    /// A view of a territory's snapshot, under the SHA-256 of the snapshot's content.
    package static func snapshot(territory: String, view: String, hash: String) -> ObjectKey {
        ObjectKey("snapshots", "territories", territory, "snapshot-\(view)-\(hash).json.gz")
    }

    /// Everything of a territory's snapshots.
    package static func snapshots(territory: String) -> ObjectKey {
        ObjectKey("snapshots", "territories", territory)
    }

    /// Where a snapshot lies that is about to be removed.
    package static func removedSnapshot(territory: String, name: String) -> ObjectKey {
        ObjectKey("snapshots", "removed", territory, name)
    }

    /// What points at a territory's newest snapshot.
    package static func snapshotManifest(territory: String) -> ObjectKey {
        ObjectKey("snapshots", "territories", territory, "metadata.json")
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
