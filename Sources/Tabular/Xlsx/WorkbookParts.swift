/// Reads a `.rels` part: what another part refers to.
final class Relationships: XMLEvents {
    struct Target {
        let id: String
        /// The last word of the type's URI: "worksheet", "sharedStrings".
        let kind: String
        /// The name of the archive's member.
        let member: String
    }

    private(set) var targets: [Target] = []
    private let folder: String

    /// - Parameter folder: of the part that refers to others: "xl/" or "".
    init(folder: String) { self.folder = folder }

    /// The member of the first target of a kind.
    func member(_ kind: String) -> String? { targets.first { $0.kind == kind }?.member }

    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) {
        guard name == "Relationship", attributes["TargetMode"] != "External", let id = attributes["Id"],
            let type = attributes["Type"], let target = attributes["Target"]
        else { return }
        guard targets.count < 10_000 else {
            throw TabularError(.workbookTooLarge, "the workbook has more than 10000 parts")
        }
        let kind = type.split(separator: "/").last.map(String.init) ?? ""
        targets.append(Target(id: id, kind: kind, member: resolved(target)))
    }

    func ended(_ name: XMLName) throws(TabularError) {}
    func text(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {}

    /// A name within the archive; it is looked up among the members and is no path of ours.
    private func resolved(_ target: String) -> String {
        var parts: [Substring] = []
        for part in (target.hasPrefix("/") ? target : folder + target).split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

/// Reads `workbook.xml`: the sheets, and from when its days count.
final class WorkbookSheets: XMLEvents {
    struct Sheet {
        let name: String
        let relationship: String
        let isHidden: Bool
    }

    private(set) var sheets: [Sheet] = []
    private(set) var startsIn1904 = false

    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) {
        switch name {
        case "workbookPr": startsIn1904 = ["1", "true", "on"].contains(attributes["date1904"] ?? "")
        case "sheet":
            guard sheets.count < 10_000 else {
                throw TabularError(.workbookTooLarge, "the workbook has more than 10000 sheets")
            }
            let state = attributes["state"] ?? "visible"
            sheets.append(
                Sheet(
                    name: attributes["name"] ?? "", relationship: attributes["id"] ?? "", isHidden: state != "visible"))
        default: return
        }
    }

    func ended(_ name: XMLName) throws(TabularError) {}
    func text(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {}
}
