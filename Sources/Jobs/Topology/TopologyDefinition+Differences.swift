extension TopologyDefinition {
    func exchangeDifferences(_ other: TopologyDefinition) -> [String] {
        var found = missing("exchange", exchanges.map(\.name), other.exchanges.map(\.name))
        for exchange in exchanges {
            guard let live = other.exchange(named: exchange.name) else { continue }
            let name = "exchange \(exchange.name)"
            if live.type != exchange.type {
                found.append("\(name): type is \(live.type), not \(exchange.type)")
            }
            found += property(name, "durable", live.durable, exchange.durable)
            found += property(name, "auto_delete", live.autoDelete, exchange.autoDelete)
            found += property(name, "internal", live.isInternal, exchange.isInternal)
            found += arguments(name, live.arguments, exchange.arguments)
        }
        return found
    }

    func queueDifferences(_ other: TopologyDefinition) -> [String] {
        var found = missing("queue", queues.map(\.name), other.queues.map(\.name))
        for queue in queues {
            guard let live = other.queue(named: queue.name) else { continue }
            let name = "queue \(queue.name)"
            found += property(name, "durable", live.durable, queue.durable)
            found += property(name, "auto_delete", live.autoDelete, queue.autoDelete)
            found += arguments(name, live.arguments, queue.arguments)
        }
        return found
    }

    func bindingDifferences(_ other: TopologyDefinition) -> [String] {
        missing("binding", bindings.map(\.description), other.bindings.map(\.description))
    }

    func policyDifferences(_ other: TopologyDefinition) -> [String] {
        var found = missing("policy", policies.map(\.name), other.policies.map(\.name))
        for policy in policies {
            guard let live = other.policies.first(where: { $0.name == policy.name }) else { continue }
            let name = "policy \(policy.name)"
            for (property, live, wanted) in [
                ("pattern", live.pattern, policy.pattern), ("apply-to", live.appliesTo, policy.appliesTo),
                ("priority", "\(live.priority)", "\(policy.priority)"),
            ] where live != wanted {
                found.append("\(name): \(property) is \(live), not \(wanted)")
            }
            found += arguments(name, live.definition, policy.definition)
        }
        return found
    }

    private func missing(_ kind: String, _ wanted: [String], _ live: [String]) -> [String] {
        let (wantedNames, liveNames) = (Set(wanted), Set(live))
        return wantedNames.subtracting(liveNames).sorted().map { "\(kind) \($0) is missing" }
            + liveNames.subtracting(wantedNames).sorted().map { "\(kind) \($0) is extra: no definition has it" }
    }

    private func property(_ name: String, _ property: String, _ live: Bool, _ wanted: Bool) -> [String] {
        live == wanted ? [] : ["\(name): \(property) is \(live), not \(wanted)"]
    }

    private func arguments(_ name: String, _ live: [String: Argument], _ wanted: [String: Argument]) -> [String] {
        Set(live.keys).union(wanted.keys).sorted().compactMap { key in
            switch (live[key], wanted[key]) {
            case (let found?, let value?) where found != value: "\(name): \(key) is \(found), not \(value)"
            case (nil, let value?): "\(name): \(key) is missing; it should be \(value)"
            case (let found?, nil): "\(name): \(key) is extra: it is \(found)"
            default: nil
            }
        }
    }
}

extension TopologyDefinition.Binding: CustomStringConvertible {
    /// `source -> destination (routing key "key")`.
    package var description: String {
        let kind = destinationType == "queue" ? "" : destinationType + " "
        return "\(source) -> \(kind)\(destination) (routing key \"\(routingKey)\")"
    }
}
