import NIOSSL
import Redis
import Testing

@Suite struct SentinelURLTests {
    @Test func readsEveryPart() throws {
        let url =
            "redis+sentinel://anna:p%40ss@a.example:7001,b.example,[::1]:7003/main/3?sentineluser=bob&sentinelpassword=w%26d"
        let configuration = try RedisConfiguration(url: url)
        let sentinels = try #require(configuration.sentinels)
        #expect(
            sentinels.addresses == [
                .init(host: "a.example", port: 7001), .init(host: "b.example", port: 26379),
                .init(host: "::1", port: 7003),
            ])
        #expect(sentinels.primaryName == "main" && configuration.database == 3 && configuration.tls == nil)
        #expect(configuration.username == "anna" && configuration.password == "p@ss")
        #expect(sentinels.username == "bob" && sentinels.password == "w&d")
    }

    @Test func hasDefaults() throws {
        let configuration = try RedisConfiguration(url: "rediss+sentinel://host/main?cacertfile=/ca.pem")
        #expect(configuration.sentinels?.addresses == [.init(host: "host", port: 26379)])
        #expect(configuration.database == 0 && configuration.sentinels?.password == nil)
        #expect(configuration.tls?.trustRoots == .file("/ca.pem"))
        #expect(try RedisConfiguration(url: "redis://host").sentinels == nil)
    }

    @Test(arguments: [
        "redis+sentinel://host", "redis+sentinel:///main", "redis+sentinel://a,,b/main", "redis+sentinel://a:0/main",
        "redis+sentinel://a/main/x", "redis+sentinel://a/main/1/2", "redis+sentinel://a/main?verify=none",
        "redis+sentinel://a/main?cacertfile=/a", "redis+sentinel://a/main?sentineluser=bob",
        "redis://a/1?sentinelpassword=x", "sentinel://a/main",
    ])
    func refusesWhatItCannotUse(_ url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func neverShowsAPassword() throws {
        let configuration = try RedisConfiguration(
            url: "redis+sentinel://:hunter2@a:1,b:2/main/1?sentinelpassword=hunter3")
        var text = "\(configuration) \(String(reflecting: configuration)) \(configuration.address)"
        dump(configuration, to: &text)
        let sentinels = try #require(configuration.sentinels)
        text += "\(sentinels) \(String(reflecting: sentinels))"
        dump(sentinels, to: &text)
        #expect(!text.contains("hunter"))
        #expect("\(configuration)" == "redis+sentinel://a:1,b:2/main/1")
    }
}
