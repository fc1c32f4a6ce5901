/// wyrand (Wang Yi 2019): a 64-bit generator of a multiplication a number, the same on every machine for the same seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x2545_F491_4F6C_DD1D }

    @inline(__always)
    mutating func next() -> UInt64 {
        state &+= 0xA076_1D64_78BD_642F
        let product = state.multipliedFullWidth(by: state ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }

    /// A whole number from 0 to below `bound`, which is positive (Lemire 2019, without the correction of 2^-32).
    @inline(__always)
    mutating func below(_ bound: Int) -> Int {
        Int(((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// A number from 0 to below 1.
    @inline(__always)
    mutating func unit() -> Double { Double(Int64(bitPattern: next() >> 11)) * 0x1p-53 }
}
