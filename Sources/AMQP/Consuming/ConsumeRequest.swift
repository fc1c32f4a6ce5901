/// What a caller asks for when it consumes.
struct ConsumeRequest: Sendable {
    let queue: String
    let tag: String
    let prefetch: UInt16
    let exclusive: Bool
    let arguments: [String: AMQPValue]
    let restore: Bool
    let argumentsAtRestore: (@Sendable () -> [String: AMQPValue])?
}
