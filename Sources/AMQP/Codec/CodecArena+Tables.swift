import CRabbitMQ

// Swift tables into the structs that librabbitmq encodes. Depth and key length are checked here: the library cuts a
// key's length to eight bits without a word.
extension CodecArena {
    // SAFETY: room for `values.count` entries was allocated, and each is initialised once; the same below.
    mutating func table(_ values: [String: AMQPValue], depth: Int = 0) throws(AMQPError) -> amqp_table_t {
        guard depth < AMQPValue.maximumDepth else {
            throw AMQPError(.invalidArgument, "A table is nested deeper than \(AMQPValue.maximumDepth) levels.")
        }
        guard let entries = try allocate(amqp_table_entry_t.self, count: values.count) else {
            return amqp_table_t(num_entries: 0, entries: nil)
        }
        var index = 0
        for (key, value) in values {
            guard key.utf8.count <= 255 else {
                throw AMQPError(.invalidArgument, "A table's key is longer than 255 bytes: \(key.prefix(40))…")
            }
            let entry = amqp_table_entry_t(key: try bytes(key), value: try field(value, depth: depth))
            (entries + index).initialize(to: entry)
            index += 1
        }
        return amqp_table_t(num_entries: CInt(values.count), entries: entries)
    }

    private mutating func array(_ values: [AMQPValue], depth: Int) throws(AMQPError) -> amqp_array_t {
        guard depth < AMQPValue.maximumDepth else {
            throw AMQPError(.invalidArgument, "An array is nested deeper than \(AMQPValue.maximumDepth) levels.")
        }
        guard let entries = try allocate(amqp_field_value_t.self, count: values.count) else {
            return amqp_array_t(num_entries: 0, entries: nil)
        }
        for (index, value) in values.enumerated() {
            (entries + index).initialize(to: try field(value, depth: depth))
        }
        return amqp_array_t(num_entries: CInt(values.count), entries: entries)
    }

    private mutating func field(_ value: AMQPValue, depth: Int) throws(AMQPError) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .string(let text):
            field.set(AMQP_FIELD_KIND_UTF8)
            field.value.bytes = try bytes(text)
        case .bytes(let raw):
            field.set(AMQP_FIELD_KIND_BYTES)
            field.value.bytes = try bytes(raw)
        case .int(let number):
            field.set(AMQP_FIELD_KIND_I64)
            field.value.i64 = number
        case .bool(let truth):
            field.set(AMQP_FIELD_KIND_BOOLEAN)
            field.value.boolean = truth ? 1 : 0
        case .double(let number):
            field.set(AMQP_FIELD_KIND_F64)
            field.value.f64 = number
        case .timestamp(let seconds):
            field.set(AMQP_FIELD_KIND_TIMESTAMP)
            field.value.u64 = UInt64(bitPattern: seconds)
        case .array(let values):
            field.set(AMQP_FIELD_KIND_ARRAY)
            field.value.array = try array(values, depth: depth + 1)
        case .table(let values):
            field.set(AMQP_FIELD_KIND_TABLE)
            field.value.table = try table(values, depth: depth + 1)
        case .null:
            field.set(AMQP_FIELD_KIND_VOID)
        }
        return field
    }
}

extension amqp_field_value_t {
    fileprivate mutating func set(_ kind: amqp_field_value_kind_t) {
        self.kind = UInt8(kind.rawValue)
    }
}
