/// The memory that one worker works in.
final class Scratch {
    let absent: Buffer<Int32>
    let keys: Buffer<Double>
    let bank: Buffer<Int32>
    let bankIndex: Buffer<Int32>
    let takenIn: Buffer<UInt32>
    let removals: Buffer<Removal>
    let inserted: Buffer<Int32>
    let touched: Buffer<Int32>
    let slotStamp: Buffer<UInt32>
    let firstFree: Buffer<Int32>
    let offers: Buffer<Insertion>
    let changed: Buffer<Int32>
    let isChanged: Buffer<Bool>
    let queue: Buffer<Int32>
    let isQueued: Buffer<UInt8>
    let witnessed: Buffer<Int32>
    let neighbours: Buffer<FormerNeighbours>
    let profiles: Buffer<Profile>
    let isProfiled: Buffer<Bool>

    init(_ model: Model) {
        let visits = model.endsBase
        absent = Buffer(repeating: 0, count: model.stopCount)
        keys = Buffer(repeating: 0, count: model.stopCount)
        bank = Buffer(repeating: 0, count: model.stopCount)
        bankIndex = Buffer(repeating: -1, count: model.stopCount)
        takenIn = Buffer(repeating: 0, count: model.stopCount)
        removals = Buffer(repeating: Removal(node: 0, previous: 0, slot: 0, window: 0), count: visits)
        inserted = Buffer(repeating: 0, count: visits)
        touched = Buffer(repeating: 0, count: model.slots.count)
        slotStamp = Buffer(repeating: 0, count: model.slots.count)
        firstFree = Buffer(repeating: -1, count: model.slotsOfKind.count)
        offers = Buffer(repeating: .none, count: model.days * model.groupCount)
        changed = Buffer(repeating: 0, count: model.nodes.count)
        isChanged = Buffer(repeating: false, count: model.nodes.count)
        queue = Buffer(repeating: 0, count: visits)
        isQueued = Buffer(repeating: 0, count: visits)
        witnessed = Buffer(repeating: 0, count: model.nodes.count)
        neighbours = Buffer(
            repeating: FormerNeighbours(previous: -1, next: -1, iteration: 0), count: model.nodes.count)
        profiles = Buffer(repeating: .none, count: model.nodes.count)
        isProfiled = Buffer(repeating: false, count: model.slots.count)
    }
}

/// What a node stood between when an iteration first came near it.
struct FormerNeighbours {
    let previous: Int32
    let next: Int32
    let iteration: UInt32
}

/// A visit that was taken out, and from where.
struct Removal {
    let node: Int32
    let previous: Int32
    let slot: Int32
    let window: UInt8
}
