package import Domain

/// What taking a change of master data back would do.
package struct TakeBack: Sendable, Equatable {
    /// A row that was changed again after the change to take back.
    package struct LaterChange: Sendable, Equatable {
        package let table: EntityTable
        package let key: String
        /// The import session or commit that changed it last.
        package let sessionID: String
        package let origin: ChangeOrigin

        package init(table: EntityTable, key: String, sessionID: String, origin: ChangeOrigin) {
            self.table = table
            self.key = key
            self.sessionID = sessionID
            self.origin = origin
        }
    }

    /// Rows that get their former cells back.
    package var restored = 0
    /// Rows that go, as the change brought them.
    package var deleted = 0
    /// Rows that stay, as a planner has changed them since.
    package var kept = 0
    /// How many rows were changed later.
    package var changedLater = 0
    /// The first of them.
    package var firstChangedLater: LaterChange?
    package var deltas: [EntityTable: TableDelta] = [:]

    package init() {}
}

/// A row cannot go, as another one refers to it.
package struct RowStillReferred: Error, CustomStringConvertible {
    package let table: EntityTable
    package let key: String
    package let referringTable: EntityTable
    package let referringKey: String

    package init(_ table: EntityTable, _ key: String, by referringTable: EntityTable, _ referringKey: String) {
        self.table = table
        self.key = key
        self.referringTable = referringTable
        self.referringKey = referringKey
    }

    package var description: String {
        "\(table.rawValue) \(key) cannot be removed: \(referringTable.rawValue) \(referringKey) refers to it"
    }
}

/// A row cannot have its former cells back, as what they refer to has gone since.
package struct RowWouldReferToNothing: Error, CustomStringConvertible {
    package let table: EntityTable
    package let key: String
    package let target: EntityTable
    package let targetKey: String

    package init(_ table: EntityTable, _ key: String, to target: EntityTable, _ targetKey: String) {
        self.table = table
        self.key = key
        self.target = target
        self.targetKey = targetKey
    }

    package var description: String {
        "\(table.rawValue) \(key) would refer to \(target.rawValue) \(targetKey) again, which is not there any more"
    }
}

/// The history of a change is no longer kept.
package struct HistoryForgotten: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "the history of its rows is no longer kept, so that nothing can be taken back" }
}
