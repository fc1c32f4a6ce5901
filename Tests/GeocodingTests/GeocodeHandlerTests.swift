import Catalog
import Domain
import Foundation
import GRDB
import Geocoding
import Jobs
import Testing

/// The job, on a real catalog.
@Suite(.timeLimit(.minutes(1)))
struct GeocodeHandlerTests {
    private static let here = GeocodingHouse.here
    private static let marked: [FieldValue] = [.real(48.5), .real(9.25), .text("geocoded:nominatim")]
    private static let none: [FieldValue] = [.null, .null, .null]

    private static func paced(_ geocoder: ScriptedGeocoder) -> PacedGeocoder { PacedGeocoder(geocoder, perSecond: 1) }

    /// Seen red with the mark left out, with the snapshots left out, and without a memory for what is not found.
    @Test func `outlets get coordinates and the mark, and nobody is asked again`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { address, _ in address == "Nowhere" ? nil : Self.here }
            let paced = Self.paced(geocoder)
            let version = try await house.merge(
                .outlets,
                [
                    house.outlet("A", at: "Main Street 1"), house.outlet("B", at: " main  STREET 1"),
                    house.outlet("C", at: "Nowhere"), house.outlet("D", at: nil),
                    house.outlet("E", at: "Side Street", ["latitude": .real(1), "longitude": .real(2)]),
                    house.outlet("F", at: "Park", ["territory_id": .text("T2")]),
                ], session: "s1")
            var policy = GeocodingPolicy()
            policy.batch = 2
            #expect(try await house.run(try await house.ask(version), paced, policy) == .done)
            #expect(geocoder.addresses == ["Main Street 1", "Nowhere", "Park"])
            for id in ["A", "B", "F"] { #expect(try await house.place(of: id) == Self.marked) }
            for id in ["C", "D"] { #expect(try await house.place(of: id) == Self.none) }
            #expect(try await house.place(of: "E") == [.real(1), .real(2), .null])
            // A batch a change, and each with the snapshots of its territories.
            #expect(try await house.version == version + 2)
            #expect(try await house.wantedSnapshots() == ["territory:T1", "territory:T2"])
            #expect(try await house.catalog.isApplied("import:s1:geocode"))

            // Another import of outlets at the same addresses.
            try await house.save(session: "s2", .completed)
            let second = try await house.outlets(["Main Street 1", "Nowhere"], session: "s2")
            #expect(try await house.run(try await house.ask(second, session: "s2"), paced) == .done)
            #expect(geocoder.addresses.count == 3)
            #expect(try await house.place(of: "Main Street 1") == Self.marked)
        }
    }

    @Test func `an answer is good for its time`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in nil }
            let time = SleptTime()
            var policy = GeocodingPolicy()
            policy.keptDays = 2
            for (days, session) in [(0, "s1"), (1, "s2"), (2, "s3")] {
                time.pass(.seconds(days * 86_400))
                try await house.save(session: session, .completed)
                let version = try await house.merge(
                    .outlets, [house.outlet("A", at: "Nowhere", ["tier": .text(session)])], session: session)
                _ = try await house.run(
                    try await house.ask(version, session: session), Self.paced(geocoder), policy, time: time)
                #expect(geocoder.addresses.count == (days < 2 ? 1 : 2), "after \(days) days more")
            }
        }
    }

    /// Seen red with the answer remembered with its batch only.
    @Test func `a run after a crash asks for what is not known yet`() async throws {
        struct Crash: Error {}
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, number in
                if number == 4 { throw Crash() }
                return Self.here
            }
            let addresses = (1...7).map { "Street \($0)" }
            let request = try await house.ask(try await house.outlets(addresses))
            var policy = GeocodingPolicy()
            policy.batch = 3
            await #expect(throws: Crash.self) { try await house.run(request, Self.paced(geocoder), policy) }
            #expect(try await house.place(of: "Street 3") == Self.marked, "the first batch is written")
            #expect(try await house.place(of: "Street 4") == Self.none)
            #expect(try await house.run(request, Self.paced(geocoder), policy) == .done)
            #expect(geocoder.addresses == Array(addresses[..<5]) + Array(addresses[4...]))
            for address in addresses { #expect(try await house.place(of: address) == Self.marked) }
        }
    }

    /// Seen red with the checkpoint ignored.
    @Test func `a run goes on at its checkpoint`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { address, number in
                if number == 1 { throw GeocoderError(.unavailable, "away") }
                return nil
            }
            let request = try await house.ask(try await house.outlets(["One", "Two"]))
            #expect(
                try await house.run(request, Self.paced(geocoder)) == .later(after: .seconds(5), reason: "away"))
            // Were it read again, it would be asked for again.
            try await DatabaseQueue(path: house.path).write { try $0.execute(sql: "DELETE FROM geocodes") }
            #expect(try await house.run(request, Self.paced(geocoder)) == .done)
            #expect(geocoder.addresses == ["One", "Two", "Two"])
        }
    }

    /// Seen red with every failure counted as an attempt, and with what was found thrown away.
    @Test(arguments: [GeocoderError.Code.busy, .unavailable])
    func `what fails for now is tried again, and is no attempt once something was answered`(
        code: GeocoderError.Code
    ) async throws {
        try await GeocodingHouse.with { house in
            let request = try await house.ask(try await house.outlets(["One", "Two"]))
            let failing = ScriptedGeocoder { _, _ in throw GeocoderError(code, "no", retryAfter: .seconds(7)) }
            #expect(
                try await house.run(request, Self.paced(failing)) == .retry(after: .seconds(7), reason: "no"))
            let tired = ScriptedGeocoder { _, number in
                if number == 1 { throw GeocoderError(code, "no") }
                return Self.here
            }
            #expect(try await house.run(request, Self.paced(tired)) == .later(after: .seconds(5), reason: "no"))
            #expect(try await house.place(of: "One") == Self.marked)
            #expect(try await house.place(of: "Two") == Self.none)
        }
    }

    /// Seen red with the address asked for in every run.
    @Test func `an address at which the provider fails each time is left out once the next one is answered`()
        async throws
    {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { address, _ in
                if address == "Two" { throw GeocoderError(.unavailable, "fails") }
                return Self.here
            }
            let request = try await house.ask(try await house.outlets(["One", "Two", "Three"]))
            #expect(
                try await house.run(request, Self.paced(geocoder)) == .later(after: .seconds(5), reason: "fails"))
            #expect(try await house.run(request, Self.paced(geocoder)) == .retry(after: nil, reason: "fails"))
            #expect(try await house.run(request, Self.paced(geocoder)) == .done)
            #expect(try await house.place(of: "Three") == Self.marked)
            #expect(try await house.place(of: "Two") == Self.none)
        }
    }

    @Test func `a provider that wants to be left alone is not asked by the next job`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in throw GeocoderError(.busy, "busy", retryAfter: .seconds(90)) }
            let (paced, time) = (Self.paced(geocoder), SleptTime())
            let request = try await house.ask(try await house.outlets(["One"]))
            _ = try await house.run(request, paced, time: time)
            time.pass(.seconds(30))
            guard case .later(after: .seconds(60), _) = try await house.run(request, paced, time: time) else {
                Issue.record("the provider's pause is not kept")
                return
            }
            #expect(geocoder.addresses.count == 1)
        }
    }

    @Test func `a provider that refuses this server makes a dead letter that says why`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, number in
                if number == 1 { throw GeocoderError(.denied, "the key is refused") }
                return Self.here
            }
            let request = try await house.ask(try await house.outlets(["One", "Two"]))
            #expect(try await house.run(request, Self.paced(geocoder)) == .dead(reason: "the key is refused"))
            #expect(try await house.place(of: "One") == Self.marked)
        }
    }

    /// Seen red with the refusals never counted back.
    @Test func `single addresses may be refused, five one after the other not`() async throws {
        try await GeocodingHouse.with { house in
            let some = ScriptedGeocoder { address, _ in
                if address.hasPrefix("Bad") { throw GeocoderError(.refusedAddress, "too odd") }
                return Self.here
            }
            let mixed = ["Bad 1", "Bad 2", "Bad 3", "Bad 4", "Good", "Bad 5", "Bad 6", "Fine"]
            let request = try await house.ask(try await house.outlets(mixed))
            #expect(try await house.run(request, Self.paced(some)) == .done)
            #expect(try await house.place(of: "Fine") == Self.marked)

            try await house.save(session: "s2", .completed)
            let bad = try await house.outlets((11...16).map { "Bad \($0)" }, session: "s2")
            guard
                case .dead(let reason) = try await house.run(
                    try await house.ask(bad, session: "s2"), Self.paced(some))
            else {
                Issue.record("all addresses are refused, and the job goes on")
                return
            }
            #expect(reason.contains("too odd") && reason.contains("5 addresses"))
        }
    }

    /// Seen red with the places written without another look.
    @Test func `an outlet that changed while the provider was asked stays as it is`() async throws {
        try await GeocodingHouse.with { house in
            let path = house.path
            let geocoder = ScriptedGeocoder { _, number in
                if number == 1 {
                    try DatabaseQueue(path: path).write { db in
                        try db.execute(
                            sql: """
                                UPDATE outlets SET address = 'Moved' WHERE outlet_id = 'One';
                                UPDATE outlets SET latitude = 1, longitude = 2 WHERE outlet_id = 'Two';
                                """)
                    }
                }
                return Self.here
            }
            let version = try await house.outlets(["One", "Two"])
            #expect(try await house.run(try await house.ask(version), Self.paced(geocoder)) == .done)
            #expect(try await house.place(of: "One") == Self.none)
            #expect(try await house.place(of: "Two") == [.real(1), .real(2), .null])
            #expect(try await house.version == version, "nothing changed, and no version was made")
        }
    }

    /// Seen red with the look at running merges left out.
    @Test func `while an import is being merged nothing is written, and nothing asked twice`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in Self.here }
            let request = try await house.ask(try await house.outlets(["One"]))
            try await house.save(session: "s9", .processing, stage: .merge)
            #expect(
                try await house.run(request, Self.paced(geocoder))
                    == .later(after: .seconds(10), reason: "an import is being merged"))
            #expect(try await house.place(of: "One") == Self.none)
            try await house.save(session: "s9", .completed)
            #expect(try await house.run(request, Self.paced(geocoder)) == .done)
            #expect(try await house.place(of: "One") == Self.marked)
            #expect(geocoder.addresses == ["One"])
        }
    }

    @Test func `a place outside the box is none`() async throws {
        try await GeocodingHouse.with { house in
            let request = try await house.ask(try await house.outlets(["One"]))
            var policy = GeocodingPolicy()
            policy.box = CoordinateBox("-40,110,-10,155")
            let geocoder = Self.paced(ScriptedGeocoder { _, _ in Self.here })
            #expect(try await house.run(request, geocoder, policy) == .done)
            #expect(try await house.place(of: "One") == Self.none)
        }
    }

    /// Seen red with the session's status not looked at, and with the job left open while geocoding is off.
    @Test func `of a session that was taken back, and while it is off, nothing is looked up`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in Self.here }
            let version = try await house.outlets(["One"])
            #expect(try await house.run(try await house.ask(version), nil) == .done)
            #expect(try await house.catalog.isApplied("import:s1:geocode"))
            try await house.save(session: "s2", .rolledBack)
            let second = try await house.outlets(["Two"], session: "s2")
            #expect(
                try await house.run(try await house.ask(second, session: "s2"), Self.paced(geocoder)) == .done)
            #expect(geocoder.addresses.isEmpty)
            #expect(try await house.place(of: "One") == Self.none)
        }
    }

    @Test func `a second job beside a long one waits for its turn`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in Self.here }
            let paced = Self.paced(geocoder)
            let request = try await house.ask(try await house.outlets(["One"]))
            #expect(paced.take())
            guard case .later(after: .seconds(30), _) = try await house.run(request, paced) else {
                Issue.record("two jobs at once")
                return
            }
            paced.giveBack()
            #expect(try await house.run(request, paced) == .done)
            #expect(paced.take(), "the job has given it back")
        }
    }
}
