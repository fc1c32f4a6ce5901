import Domain
import JobsConformance

@testable import Jobs

extension World {
    /// Sessions at random moments, and what people and faults do to them.
    func populate() {
        for number in 0..<Int.random(in: 1...3, using: &generator) {
            let id = "s\(number)"
            let chunks = Int.random(in: 1...5, using: &generator)
            clock.after(.milliseconds(Int.random(in: 0...3000, using: &generator))) { [self] in
                let session = SimStore.Session(id: id, chunks: chunks)
                store.sessions[id] = session
                store.tell(session, finished: false)
                ask("split", ValidateSchemaJob(sessionID: id), id, store)
            }
        }
        if chance(4) { cancelSomething() }
        if chance(4) { pauseSomething() }
        if chance(4) { deleteSomething() }
    }

    private func deleteSomething() {
        let queue = [WorkQueue.importValidateSchema, .importValidateChunk, .importResolve].randomElement(
            using: &generator)
        clock.after(.milliseconds(Int.random(in: 0...5000, using: &generator))) { [self] in
            guard let queue else { return }
            try? broker.change { $0.deleteQueue(queue.rawValue) }
        }
    }

    private func cancelSomething() {
        clock.after(.milliseconds(Int.random(in: 0...6000, using: &generator))) { [self] in
            guard var session = store.sessions["s0"], session.status == .running else { return }
            session.status = .cancelled
            store.sessions["s0"] = session
            store.cancelJobs(of: "s0")
            store.tell(session, finished: true)
            // The signal may be lost.
            if chance(2) { signal(.importSession("s0")) }
        }
    }

    private func pauseSomething() {
        let queue = [WorkQueue.importValidateChunk, .importResolve].randomElement(using: &generator) ?? .importResolve
        let begin = Int.random(in: 0...3000, using: &generator)
        clock.after(.milliseconds(begin)) { [self] in store.paused = [queue] }
        clock.after(.milliseconds(begin + Int.random(in: 0...9000, using: &generator))) { [self] in store.paused = [] }
    }

    private func signal(_ topic: Topic) {
        let message = WireMessage(
            id: nil, type: "io.srto.control.v1", headers: [HeaderName.subject: .string(topic.description)], body: [])
        // Nobody may be listening.
        try? broker.change { state throws(BrokerError) in
            try state.publish(OutboundMessage(exchange: Topology.control, routingKey: "", message: message))
        }
    }

    /// Asks for a job about a session; how it behaves is decided now.
    func ask(_ name: String, _ payload: some JobPayload, _ session: String, _ store: SimStore) {
        do {
            let request = try JobRequest(id: "\(session):\(name)", payload, about: .importSession(session))
            if tempers[request.id] == nil { tempers[request.id] = newTemper() }
            store.enqueue(request)
        } catch {
            violate("a job cannot be asked for: \(error)")
        }
    }

    private func newTemper() -> Temper {
        switch Int.random(in: 0..<1000, using: &generator) {
        case 0..<100: .flaky(1)
        case 100..<120: .hopeless
        case 120..<130: .poisonous
        case 130..<150: .slow(.seconds(Int.random(in: 5...40, using: &generator)))
        case 150..<153: .slow(.seconds(200))
        default: .fine
        }
    }
}
