/// Memory of a fixed size that one owner frees: an array without copies, checks and reference counts in inner loops.
///
/// Who holds the pointer must hold the buffer's owner alive.
final class Buffer<Element> {
    // SAFETY: allocated in init, freed in deinit, of `count` initialised elements in between. Elements are trivial values.
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    /// Bytes of a cache line: an element of that size lies in one, not in two.
    private static var alignment: Int { 64 }

    init(_ elements: [Element]) {
        count = elements.count
        let capacity = max(1, elements.count)
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Element>.stride, alignment: Self.alignment)
        pointer = bytes.bindMemory(to: Element.self, capacity: capacity)
        pointer.initialize(from: elements, count: elements.count)
    }

    convenience init(repeating element: Element, count: Int) {
        self.init([Element](repeating: element, count: count))
    }

    deinit {
        pointer.deinitialize(count: count)
        UnsafeMutableRawPointer(pointer).deallocate()
    }
}
