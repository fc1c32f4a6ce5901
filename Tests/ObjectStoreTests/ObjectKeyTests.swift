import Foundation
import ObjectStore
import TestSupport
import Testing

/// What comes from outside becomes a name in the store's folder, or nothing: never a way out of it.
struct ObjectKeyTests {
    /// Seen red with each guard of `isSafe` left out in turn.
    @Test(arguments: [
        "", "/", "/etc/passwd", "a//b", "a/", "/a", "..", "../a", "a/..", "a/../b", ".", "a/./b", "./a", ".hidden",
        "a/.part-1", "a/.b.lock", "a\0", "a/\0/b", "a\\b", "..\\a", "C:/a", "~/a", "a b", "a\nb", "a\tb", "a\u{7F}",
        "a\u{1B}[2J", "é", "a/\u{2025}/b", "a\u{FF0F}b", "a\u{202E}b", "a?b", "a#b", "a:b", "a*",
        String(repeating: "x", count: 241), Array(repeating: "a", count: 13).joined(separator: "/"),
    ])
    func `a path that plays a trick is no key`(_ path: String) {
        #expect(ObjectKey(path: path) == nil)
    }

    @Test(arguments: [
        "a", "imports/staging/s-1/file-00000", "%2E.%2Fetc", "%2e%2e/a", "a..b/c.", "-rf", "A_b=c",
        String(repeating: "x", count: 240), Array(repeating: "a", count: 12).joined(separator: "/"),
    ])
    func `a plain path is the key of that name`(_ path: String) {
        #expect(ObjectKey(path: path)?.description == path)
        #expect(ObjectKey(path: path)?.components == path.split(separator: "/").map(String.init))
    }

    @Test(arguments: [
        ("T1", "T1"), ("", "%"), ("\0", "%00"), ("..", "%2E."), (".x", "%2Ex"), ("a.b", "a.b"), ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"), ("50%", "50%25"), ("%2F", "%252F"), ("é", "%C3%A9"), ("a b\n", "a%20b%0A"),
    ])
    func `what is not safe in a name is percent-encoded`(_ name: String, _ component: String) {
        #expect(ObjectKey(name).components == [component])
        #expect(ObjectKey("a").appending(name).components == ["a", component])
    }

    /// Thirty Thai letters are 270 bytes once encoded, more than a file system takes. Seen red before names were
    /// shortened: such a territory never got a snapshot.
    @Test func `a name too long for a file system keeps its beginning and is told from others by its hash`() {
        let name = String(repeating: "ร", count: 30)
        let component = ObjectKey(name).components[0]
        #expect(component.utf8.count <= 240)
        #expect(component.hasPrefix("%E0%B8%A3%E0%B8%A3"))
        #expect(ObjectKey(name) == ObjectKey(name))
        #expect(ObjectKey(name) != ObjectKey(name + "ร"))
        #expect(ObjectKey(component) != ObjectKey(name), "nobody can name a territory as another one is shortened")
        #expect(ObjectKey(String(repeating: "x", count: 240)).components[0].contains("%") == false)
    }

    /// Seen red with `isPlain` taking the slash, and before the empty name had a component of its own.
    @Test func `a key made of any name is one component, comes back from its path, and is no other name's`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ObjectKeyTests names seed \(seed)")
        var names = HostileNames(seed: seed)
        var known: [ObjectKey: [UInt8]] = [:]
        for _ in 0..<5000 {
            let name = names.next()
            let key = ObjectKey("snapshots", name, "metadata.json")
            #expect(key.components.count == 3)
            #expect(ObjectKey(path: key.description) == key)
            let namesake = known.updateValue(bytes(name), forKey: key)
            #expect(namesake == nil || namesake == bytes(name), "two names share the key \(key)")
        }
        #expect(known.count > 1000)
    }

    /// Seen red with the dot taken at a component's beginning.
    @Test func `every accepted key lies below the root`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ObjectKeyTests paths seed \(seed)")
        var names = HostileNames(seed: seed)
        var accepted = 0
        for _ in 0..<20_000 {
            guard let key = ObjectKey(path: names.next()) else { continue }
            accepted += 1
            let place = URL(filePath: "/objects/" + key.description).standardizedFileURL
            #expect(place.path == "/objects/" + key.description)
            #expect(place.pathComponents.count == 2 + key.components.count)
            #expect(key.components.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.utf8.contains(0) })
        }
        #expect(accepted > 100)
    }

    @Test func `objects of hostile names lie in the store and nowhere else`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("ObjectKeyTests store seed \(seed)")
        try await StoreHouse.with { house async throws in
            var names = HostileNames(seed: seed)
            var contents: [ObjectKey: [UInt8]] = [:]
            for _ in 0..<150 {
                let name = names.next()
                let key = ObjectKey("territories", name, "snapshot")
                contents[key] = bytes(name)
                try await house.store.put(key, bytes(name))
            }
            for (key, content) in contents { #expect(try await house.store.get(key, limit: 1 << 16) == content) }
            #expect(try house.files() == contents.keys.map(\.description).sorted())
            #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.path) == ["objects"])
        }
    }
}
