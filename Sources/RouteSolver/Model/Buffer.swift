/// Memory of a fixed size that one owner frees: an array without copies, checks and reference counts in inner loops.
///
/// Who holds the pointer must hold the buffer's owner alive.
final class Buffer<Element> {
    // SAFETY: allocated in init, freed in deinit, of `count` initialised elements in between. Elements are trivial values.
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: [Element]) {
        count = elements.count
        pointer = .allocate(capacity: max(1, elements.count))
        pointer.initialize(from: elements, count: elements.count)
    }

    convenience init(repeating element: Element, count: Int) {
        self.init([Element](repeating: element, count: count))
    }

    deinit {
        pointer.deinitialize(count: count)
        pointer.deallocate()
    }
}
