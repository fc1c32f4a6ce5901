import Testing

@testable import Redis

/// Whom to ask and where to go, without a server.
@Suite struct PrimarySearchTests {
    private let silence = RedisError(.notConnected, "silence")
    private let isReplica = RedisError(.notConnected, "a replica")

    private func search(_ ports: Int...) -> PrimarySearch {
        PrimarySearch(
            RedisSentinels(addresses: ports.map { .init(host: "s", port: $0) }, primaryName: "main"))
    }

    private func address(_ port: Int) -> RedisValue {
        .array([.bytes(Array("h".utf8)), .bytes(Array("\(port)".utf8))])
    }

    /// The step in words.
    private func words(_ step: PrimarySearch.Step) -> String {
        switch step {
        case .ask(let address): "ask \(address)"
        case .connect(let address): "connect \(address)"
        case .giveUp(let error): "\(error.code): \(error.message)"
        }
    }

    @Test func sentinelsAreAskedInTurn() {
        var search = search(1, 2, 3)
        #expect(words(search.begin()) == "ask s:1")
        #expect(words(search.failed(silence)) == "ask s:2")
        #expect(words(search.answered(.null)) == "ask s:3")
        #expect(words(search.answered(address(7))) == "connect h:7")
    }

    /// Seen red with `succeeded` doing nothing.
    @Test func theOneThatLedThereIsAskedFirstNextTime() {
        var search = search(1, 2, 3)
        _ = search.begin()
        _ = search.failed(silence)
        _ = search.answered(address(7))
        search.succeeded()
        #expect(words(search.begin()) == "ask s:2")
        #expect(words(search.failed(silence)) == "ask s:1")
        #expect(words(search.failed(silence)) == "ask s:3")
    }

    /// Seen red with refusals forgotten.
    @Test func serverThatIsNoPrimaryIsTriedOnce() {
        var search = search(1, 2, 3)
        _ = search.begin()
        #expect(words(search.answered(address(7))) == "connect h:7")
        #expect(words(search.refused(isReplica)) == "ask s:2")
        #expect(words(search.answered(address(7))) == "ask s:3")
        #expect(words(search.answered(address(8))) == "connect h:8")
        // The next search may find that it has become one.
        _ = search.begin()
        #expect(words(search.answered(address(7))) == "connect h:7")
    }

    @Test func whatWasTriedIsTold() {
        var search = search(1, 2, 3, 4, 5)
        _ = search.begin()
        _ = search.failed(silence)
        _ = search.answered(.null)
        _ = search.answered(.error(RedisServerError("NOAUTH Authentication required.")))
        _ = search.answered(.array([.integer(1)]))
        _ = search.answered(address(7))
        let end = words(search.refused(isReplica))
        for part in [
            "noPrimary", "main", "s:1: silence", "s:2: knows no primary called main", "s:3: Redis answered: NOAUTH",
            "s:4: gave an answer that is no address", "s:5: names h:7, but: a replica",
        ] { #expect(end.contains(part), "\(end)") }
        // A new search begins with a clean sheet.
        #expect(words(search.begin()) == "ask s:1")
        for _ in 0..<4 { _ = search.failed(silence) }
        #expect(!words(search.failed(silence)).contains("NOAUTH"))
    }

    /// Seen red with the next sentinel asked.
    @Test func wrongPasswordEndsTheSearch() {
        var search = search(1, 2)
        _ = search.begin()
        _ = search.answered(address(7))
        #expect(words(search.refused(RedisError(.refusedCredentials, "no"))) == "refusedCredentials: no")
    }

    @Test(arguments: ["0", "65536", "x", ""]) func portThatIsNoneIsRefused(_ port: String) {
        var search = search(1, 2)
        _ = search.begin()
        let answer = RedisValue.array([.bytes(Array("h".utf8)), .bytes(Array(port.utf8))])
        #expect(words(search.answered(answer)) == "ask s:2")
    }

    @Test(arguments: [
        ("master", true), ("slave", false), ("sentinel", false),
    ]) func onlyAPrimaryWillDo(_ role: String, isPrimary: Bool) {
        let reply = RedisValue.array([.bytes(Array(role.utf8)), .integer(0), .array([])])
        let error = Result { try ServerRole.demandPrimary(reply) }
        switch error {
        case .success: #expect(isPrimary)
        case .failure(let error): #expect(!isPrimary && "\(error)".contains(role))
        }
    }

    @Test(arguments: [
        ("READONLY You can't write against a read only replica.", true), ("MASTERDOWN Link is down", true),
        ("UNBLOCKED force unblock", true), ("ERR READONLY", false), ("WRONGTYPE", false),
    ]) func demotionIsKnownByItsErrors(_ text: String, isLost: Bool) {
        #expect(ServerRole.isLost(by: .error(RedisServerError(text))) == isLost)
        #expect(!ServerRole.isLost(by: .bytes(Array(text.utf8))))
    }
}
