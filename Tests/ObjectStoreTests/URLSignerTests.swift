import Domain
import Foundation
import ObjectStore
import Testing

struct URLSignerTests {
    private static let signer = URLSigner(secret: [UInt8](repeating: 7, count: 32))
    private static let key = ObjectLayout.upload(session: "a b%", file: 3)
    private static let expires: Int64 = 1_795_000_000

    @Test(arguments: [URLSigner.Method.get, .put], ["s1", "a b%", "../x", "ร้าน"])
    func `a signed path names its object and is valid`(_ method: URLSigner.Method, session: String) throws {
        let key = ObjectLayout.upload(session: session, file: 3)
        let url = try #require(URLComponents(string: Self.signer.path(method, key, expires: Self.date(0.9))))
        #expect(url.path.hasPrefix("/api/objects/"))
        #expect(ObjectKey(path: String(url.path.dropFirst("/api/objects/".count))) == key)
        let query = Dictionary(uniqueKeysWithValues: (url.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        #expect(query["expires"] == "\(Self.expires)")
        let verdict = Self.signer.verify(
            method, key, expires: Self.expires, signature: query["signature"] ?? "", now: Self.date(-1))
        #expect(verdict == .valid)
    }

    /// Seen red with `<=` in the place of `<`.
    @Test(arguments: [
        (-3600, URLSigner.Verdict.valid), (-0.001, .valid), (0, .valid), (0.001, .expired), (1, .expired),
        (86_400, .expired),
    ])
    func `it is valid up to its last instant`(_ seconds: Double, _ wanted: URLSigner.Verdict) throws {
        #expect(try Self.verdict(now: Self.date(seconds)) == wanted)
    }

    /// Seen red with each part left out of the signed message in turn.
    @Test func `it allows one method on one object until one instant, and only to who knows the secret`() throws {
        #expect(try Self.verdict() == .valid)
        #expect(try Self.verdict(method: .get) == .forged)
        #expect(try Self.verdict(key: ObjectLayout.upload(session: "a b%", file: 4)) == .forged)
        #expect(try Self.verdict(key: ObjectLayout.sealedFile(session: "a b%", file: 3)) == .forged)
        #expect(try Self.verdict(expires: Self.expires + 1) == .forged)
        #expect(try Self.verdict(expires: Self.expires - 1) == .forged)
        #expect(try Self.verdict(expires: .max) == .forged)
        #expect(try Self.verdict(signer: URLSigner(secret: [UInt8](repeating: 8, count: 32))) == .forged)
        #expect(try Self.verdict(signer: URLSigner(secret: [UInt8](repeating: 7, count: 31))) == .forged)
    }

    @Test func `an expired URL of somebody else's is forged, not expired`() throws {
        #expect(try Self.verdict(method: .get, now: Self.date(99)) == .forged)
    }

    @Test func `no bit of the signature may be another`() throws {
        let digits = Array(try Self.signature().utf8)
        let code = stride(from: 0, to: 64, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
        }
        #expect(code.count == 32)
        for bit in 0..<256 {
            var flipped = code
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(try Self.verdict(signature: Hexadecimal.text(flipped)) == .forged, "bit \(bit)")
        }
    }

    /// Seen red before a signature had one spelling: `+f` was read as `0f`.
    @Test func `a signature has one spelling`() throws {
        let signature = try Self.signature()
        for wrong in ["", "0", signature + "00", String(signature.dropLast(2)), signature + "\n", "0x" + signature] {
            #expect(try Self.verdict(signature: wrong) == .forged)
        }
        #expect(try Self.verdict(signature: signature.uppercased()) == .forged)
        // An expiry whose signature has a byte below 16, which a sign in front would leave the same.
        let found = try (0..<1000).lazy.map { Self.expires + $0 }.first {
            try Self.spelledWithSign(try Self.signature(expires: $0)) != nil
        }
        let expires = try #require(found)
        let spelled = try #require(try Self.spelledWithSign(try Self.signature(expires: expires)))
        #expect(try Self.verdict(expires: expires, signature: spelled) == .forged)
    }

    /// The signature with a byte `0f` written `+f`; nil when it has no byte below 16.
    private static func spelledWithSign(_ signature: String) throws -> String? {
        var digits = Array(signature.utf8)
        guard let place = stride(from: 0, to: 64, by: 2).first(where: { digits[$0] == UInt8(ascii: "0") }) else {
            return nil
        }
        digits[place] = UInt8(ascii: "+")
        return String(decoding: digits, as: UTF8.self)
    }

    private static func date(_ seconds: Double) -> Date {
        Date(timeIntervalSince1970: Double(expires) + seconds)
    }

    /// Signature of a PUT of `key`.
    private static func signature(expires: Int64 = expires) throws -> String {
        let path = signer.path(.put, key, expires: Date(timeIntervalSince1970: Double(expires)))
        return String(try #require(path.split(separator: "=").last))
    }

    /// What becomes of the claim that a PUT of `key` was signed for, in whatever the caller changes.
    private static func verdict(
        signer: URLSigner = signer, method: URLSigner.Method = .put, key: ObjectKey = key, expires: Int64 = expires,
        signature: String? = nil, now: Date = date(-1)
    ) throws -> URLSigner.Verdict {
        signer.verify(
            method, key, expires: expires, signature: try signature ?? self.signature(), now: now)
    }
}
