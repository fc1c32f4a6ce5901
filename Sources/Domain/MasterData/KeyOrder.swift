import Foundation

/// The order of keys: by their bytes, as the catalog has it.
package enum KeyOrder {
    /// Less than, equal to or more than 0, as `memcmp` says it.
    @inlinable
    package static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        guard common > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
            return left.count - right.count
        }
        // SAFETY: both buffers hold at least `common` bytes.
        let order = memcmp(leftBase, rightBase, common)
        return order == 0 ? left.count - right.count : Int(order)
    }
}
