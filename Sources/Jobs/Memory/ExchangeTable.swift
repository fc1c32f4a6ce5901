/// Exchanges and bindings: which queues take a message.
struct ExchangeTable {
    private var types: [String: String] = [:]
    private var bindings: [String: [TopologyDefinition.Binding]] = [:]

    /// Adds what is not there yet.
    mutating func declare(_ definition: TopologyDefinition) {
        for exchange in definition.exchanges where types[exchange.name] == nil {
            types[exchange.name] = exchange.type
        }
        for binding in definition.bindings where bindings[binding.source]?.contains(binding) != true {
            bindings[binding.source, default: []].append(binding)
        }
    }

    func has(_ exchange: String) -> Bool { types[exchange] != nil }

    /// Has a queue take everything that a fanout exchange gets.
    mutating func bind(_ queue: String, to exchange: String) {
        bindings[exchange, default: []].append(
            TopologyDefinition.Binding(
                source: exchange, destination: queue, destinationType: "queue", routingKey: ""))
    }

    /// Forgets the bindings of a queue that is gone.
    mutating func unbind(_ queue: String) {
        bindings = bindings.mapValues { $0.filter { $0.destination != queue } }
    }

    /// The queues that take a message; nil when there is no such exchange.
    func destinations(exchange: String, routingKey: String) -> [String]? {
        if exchange.isEmpty { return [routingKey] }
        guard let type = types[exchange] else { return nil }
        let matching = (bindings[exchange] ?? []).filter { binding in
            switch type {
            case "fanout": true
            case "topic": Self.matches(pattern: binding.routingKey, key: routingKey)
            default: binding.routingKey == routingKey
            }
        }
        return Set(matching.map(\.destination)).sorted()
    }

    /// A topic pattern: words between dots, `*` for one word, `#` for any number of them.
    static func matches(pattern: String, key: String) -> Bool {
        matches(words(pattern)[...], words(key)[...])
    }

    private static func words(_ text: String) -> [Substring] {
        text.split(separator: ".", omittingEmptySubsequences: false)
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ key: ArraySlice<Substring>) -> Bool {
        guard let word = pattern.first else { return key.isEmpty }
        if word == "#" {
            return matches(pattern.dropFirst(), key) || (!key.isEmpty && matches(pattern, key.dropFirst()))
        }
        guard let first = key.first, word == "*" || word == first else { return false }
        return matches(pattern.dropFirst(), key.dropFirst())
    }
}
