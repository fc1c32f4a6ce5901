import CRabbitMQ

// What librabbitmq decoded, copied into Swift values. Kinds are compared as raw bytes, so an unknown one is no crash.
extension AMQPValue {
    // SAFETY: the table and everything that it points at lie in the arena or the frame's bytes, which the caller keeps
    // alive until this returns; nothing here keeps a pointer.
    static func table(_ table: amqp_table_t, depth: Int = 0) throws(AMQPError) -> [String: AMQPValue] {
        guard table.num_entries > 0, let entries = table.entries else { return [:] }
        guard depth < maximumDepth else { throw .violation("a table is nested deeper than \(maximumDepth) levels") }
        var result: [String: AMQPValue] = [:]
        result.reserveCapacity(Int(table.num_entries))
        for index in 0..<Int(table.num_entries) {
            let entry = entries[index]
            result[String(entry.key)] = try AMQPValue(entry.value, depth: depth)
        }
        return result
    }

    private init(_ field: amqp_field_value_t, depth: Int) throws(AMQPError) {
        let value = field.value
        switch amqp_field_value_kind_t(rawValue: .init(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .int(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .int(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .int(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .int(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .int(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .int(value.i64)
        case AMQP_FIELD_KIND_U64: self = .int(Int64(clamping: value.u64))
        case AMQP_FIELD_KIND_F32: self = .double(Double(value.f32))
        case AMQP_FIELD_KIND_F64: self = .double(value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            var number = Double(Int32(bitPattern: value.decimal.value))
            for _ in 0..<value.decimal.decimals { number /= 10 }
            self = .double(number)
        case AMQP_FIELD_KIND_UTF8: self = .string(String(value.bytes))
        case AMQP_FIELD_KIND_BYTES: self = .bytes([UInt8](value.bytes))
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(Int64(bitPattern: value.u64))
        case AMQP_FIELD_KIND_VOID: self = .null
        case AMQP_FIELD_KIND_TABLE: self = .table(try AMQPValue.table(value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY:
            guard depth + 1 < AMQPValue.maximumDepth else {
                throw .violation("an array is nested deeper than \(AMQPValue.maximumDepth) levels")
            }
            var values: [AMQPValue] = []
            if let entries = value.array.entries {
                for index in 0..<Int(value.array.num_entries) {
                    values.append(try AMQPValue(entries[index], depth: depth + 1))
                }
            }
            self = .array(values)
        default: throw .violation("a table holds a value of the unknown kind \(field.kind)")
        }
    }
}

extension String {
    /// A copy; what is not UTF-8 is repaired.
    // SAFETY: librabbitmq's length and pointer belong together; the memory is alive for the call, see above.
    init(_ bytes: amqp_bytes_t) {
        let raw = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len)
        self = String(decoding: raw, as: UTF8.self)
    }
}

extension [UInt8] {
    // SAFETY: as above.
    fileprivate init(_ bytes: amqp_bytes_t) {
        self.init(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len))
    }
}
