import NIOCore

/// Which published messages are not confirmed yet. Delivery tags count from 1 with every opening of the channel.
struct ConfirmTracker {
    /// One published message: the batch it came with and its place there.
    struct Entry: Equatable {
        let batch: Int
        let index: Int
        fileprivate(set) var isSettled = false
    }

    private var entries = CircularBuffer<Entry>()
    /// The tag of `entries.first`.
    private var firstTag: UInt64 = 1
    /// Returns come in the order of publishing, so the search for the next one begins where the last one ended.
    private var returnCursor: UInt64 = 1

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// A message was written.
    mutating func append(batch: Int, index: Int) {
        entries.append(Entry(batch: batch, index: index))
    }

    /// The broker confirmed or refused one tag, or everything up to it; tag 0 with `multiple` means everything.
    /// Returns the messages that this settles.
    mutating func settle(_ tag: UInt64, multiple: Bool) throws(AMQPError) -> [Entry] {
        let end = firstTag + UInt64(entries.count)
        let last = multiple && tag == 0 ? end - 1 : tag
        guard last < end else { throw .violation("a confirm of tag \(tag), which was never published") }
        // Below the window everything is settled: a repeated confirm.
        guard last >= firstTag else { return [] }
        var settled: [Entry] = []
        if multiple {
            for _ in firstTag...last {
                let entry = entries.removeFirst()
                firstTag += 1
                if !entry.isSettled { settled.append(entry) }
            }
        } else {
            let place = entries.index(entries.startIndex, offsetBy: Int(last - firstTag))
            guard !entries[place].isSettled else { return [] }
            entries[place].isSettled = true
            settled.append(entries[place])
        }
        while let first = entries.first, first.isSettled {
            entries.removeFirst()
            firstTag += 1
        }
        return settled
    }

    /// The first unconfirmed message that satisfies the condition, looked for behind the last one found, then from the
    /// beginning.
    mutating func findReturned(where matches: (Entry) -> Bool) -> Entry? {
        let start = min(Int(max(returnCursor, firstTag) - firstTag), entries.count)
        for step in 0..<entries.count {
            let offset = (start + step) % entries.count
            let entry = entries[entries.index(entries.startIndex, offsetBy: offset)]
            guard !entry.isSettled, matches(entry) else { continue }
            returnCursor = firstTag + UInt64(offset) + 1
            return entry
        }
        return nil
    }

    /// The channel is gone: everything that is not confirmed, in the order of publishing.
    mutating func reset() -> [Entry] {
        defer { self = ConfirmTracker() }
        return entries.filter { !$0.isSettled }
    }
}
