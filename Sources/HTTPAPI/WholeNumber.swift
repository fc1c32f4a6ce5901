/// A whole number of a body, whose fault names its place: Foundation's decoder takes a number that `Int64` cannot hold,
/// such as 1.5, for a fault of the whole document.
struct WholeNumber: Decodable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            value = try container.decode(Int64.self)
        } catch DecodingError.typeMismatch(let type, let context) {
            throw DecodingError.typeMismatch(type, context)
        } catch DecodingError.valueNotFound(let type, let context) {
            throw DecodingError.valueNotFound(type, context)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "no whole number of 64 bits: \(error)")
        }
    }
}
