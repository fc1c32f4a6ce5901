import NIOSSL
import Redis
import Testing

@Suite struct RedisConfigurationTests {
    @Test func readsEveryPartOfAURL() throws {
        let configuration = try RedisConfiguration(url: "redis://anna:p%40ss%2Fw@cache.example:6390/3")
        #expect(configuration.host == "cache.example" && configuration.port == 6390 && configuration.database == 3)
        #expect(configuration.username == "anna" && configuration.password == "p@ss/w" && configuration.tls == nil)
    }

    @Test func readsAPasswordWithoutUser() throws {
        let configuration = try RedisConfiguration(url: "redis://:secret@127.0.0.1:7000/0")
        #expect(configuration.username == nil && configuration.password == "secret" && configuration.port == 7000)
    }

    @Test func hasDefaults() throws {
        let configuration = try RedisConfiguration(url: "rediss://[::1]")
        #expect(configuration.host == "::1" && configuration.port == 6379 && configuration.database == 0)
        #expect(configuration.tls != nil && configuration.password == nil)
    }

    @Test(arguments: [
        "", "http://host", "redis://", "redis://host:0", "redis://host:70000", "redis://host/x", "redis://host/-1",
        "redis://host?db=1", "redis://user@host", "redis://host/1/2", "redis://a,b", "redis://host?cacertfile=/a",
        "rediss://host?cacertfile=", "rediss://host?cacertfile=/a&cacertfile=/b", "rediss://host?verify=none",
    ])
    func refusesWhatItCannotUse(_ url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func readsAFileOfAuthorities() throws {
        let configuration = try RedisConfiguration(url: "rediss://host/2?cacertfile=/etc/my%20ca.pem")
        #expect(configuration.tls?.trustRoots == .file("/etc/my ca.pem") && configuration.database == 2)
        #expect(try RedisConfiguration(url: "rediss://host").tls?.trustRoots == .default)
    }

    @Test func neverShowsThePassword() throws {
        let configuration = try RedisConfiguration(url: "redis://:hunter2@host/1")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://:hunter2@host/x") }
        #expect(!"\(String(describing: error))".contains("hunter2"))
    }
}
