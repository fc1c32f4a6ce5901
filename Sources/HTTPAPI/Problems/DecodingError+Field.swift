extension DecodingError {
    /// Which field of a JSON body is at fault, and how, in words for whoever sent it.
    var fieldAtFault: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.place(context, key)) is missing"
        case .valueNotFound(_, let context): "\(Self.place(context)) is null"
        case .typeMismatch(let type, let context): "\(Self.place(context)) must be \(Self.kind(type))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not JSON" : "\(Self.place(context)) has a value that is not allowed"
        @unknown default: "it cannot be read"
        }
    }

    private static func place(_ context: Context, _ key: (any CodingKey)? = nil) -> String {
        let path = (context.codingPath + (key.map { [$0] } ?? [])).reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue.prefix(100)
            }
        }
        return path.isEmpty ? "the body" : path
    }

    private static func kind(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is any Collection.Type: "a list or an object"
        default: "of another type"
        }
    }
}
