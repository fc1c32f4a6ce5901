/// What libFuzzer calls with each input that it has thought up. A broken promise ends the process, which keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTarget(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let fault = HostileRun.fault(Array(UnsafeBufferPointer(start: data, count: count)))
    if let fault { fatalError(fault) }
    return 0
}
