import Domain
import Testing

struct TopicTests {
    @Test(arguments: [
        ("queues", Topic.queues), ("import:s1", .importSession("s1")), ("territory:T 1", .territory("T 1")),
        ("territory:a:b", .territory("a:b")),
        ("import:" + String(repeating: "x", count: 200), .importSession(String(repeating: "x", count: 200))),
    ])
    func reads(_ text: String, as topic: Topic) {
        #expect(Topic(text) == topic)
        #expect(topic.description == text)
    }

    @Test(arguments: [
        "", ":", "import", "import:", "territory:", "queues:", "queues:x", "Import:s1", " import:s1", "outlet:1",
        "import:" + String(repeating: "x", count: 201),
    ])
    func refuses(_ text: String) {
        #expect(Topic(text) == nil)
    }
}
