/// Makes several things at once and uses them one after the other, in their order.
/// - Parameters:
///   - count: how many there are.
///   - atOnce: how many are made or wait to be used at any time, 1 or more.
///   - make: makes the thing at a position.
///   - use: called for each, in order.
/// - Throws: what either of them throws first; the others are cancelled.
func inOrder<Thing: Sendable>(
    _ count: Int, atOnce: Int, make: @Sendable @escaping (Int) async throws -> Thing,
    use: (Thing) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Thing).self) { group in
        var made: [Int: Thing] = [:]
        var begun = 0
        var used = 0
        while used < count {
            while begun < min(count, used + atOnce) {
                let position = begun
                group.addTask { (position, try await make(position)) }
                begun += 1
            }
            guard let (position, thing) = try await group.next() else { return }
            made[position] = thing
            while let next = made.removeValue(forKey: used) {
                try await use(next)
                used += 1
            }
        }
    }
}
