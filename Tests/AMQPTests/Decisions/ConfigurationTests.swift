import AMQP
import NIOSSL
import Testing

@Suite struct ConfigurationTests {
    @Test func aWholeURLIsRead() throws {
        let read = try AMQPConfiguration(url: "amqp://us%40er:p%2Fw%3A@broker.example:1234/my%20host")
        #expect(read.username == "us@er")
        #expect(read.password == "p/w:")
        #expect(read.host == "broker.example")
        #expect(read.port == 1234)
        #expect(read.virtualHost == "my host")
        #expect(read.tls == nil)
    }

    @Test(arguments: ["amqp://h", "amqp://h/", "amqp://h/%2F", "amqp://h/%2f"]) func theVirtualHostMayBeLeftOut(
        url: String
    ) throws {
        #expect(try AMQPConfiguration(url: url).virtualHost == "/")
        #expect(try AMQPConfiguration(url: url).port == 5672)
    }

    @Test func amqpsMeansTLSOnItsPort() throws {
        let read = try AMQPConfiguration(url: "amqps://[::1]")
        #expect(read.tls != nil)
        #expect(read.port == 5671)
        #expect(read.host == "::1")
    }

    @Test func amqpsMayNameTheFileOfItsAuthorities() throws {
        let read = try AMQPConfiguration(url: "amqps://u:p@h:1/v?cacertfile=/etc/my%20ca.pem")
        #expect(read.tls?.trustRoots == .file("/etc/my ca.pem"))
        #expect(read.virtualHost == "v" && read.host == "h" && read.port == 1)
        #expect(try AMQPConfiguration(url: "amqps://h").tls?.trustRoots == .default)
    }

    @Test(arguments: [
        "", "http://h", "amqp://", "amqp://h:port", "amqp://h:0", "amqp://h:70000", "amqp://h/a/b", "amqp://h/%zz",
        "amqp://h/%2", "amqp://h?heartbeat=1", "amqp://[::1]x:1", "amqp://%ff@h",
        "amqp://h?cacertfile=/a", "amqps://h?cacertfile=", "amqps://h?cacertfile=/a&verify=verify_none", "amqps://h#x",
    ]) func nonsenseIsRefusedWithoutItsSecrets(url: String) {
        do throws(AMQPError) {
            _ = try AMQPConfiguration(url: url)
            Issue.record("accepted \(url)")
        } catch {
            #expect(error.code == .invalidConfiguration)
        }
    }

    @Test func aRefusalDoesNotTellThePassword() {
        do throws(AMQPError) {
            _ = try AMQPConfiguration(url: "amqp://u:hunter2@h:port/")
            Issue.record("accepted")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
        }
    }

    @Test func everyFaultIsListedAtOnce() {
        var configuration = AMQPConfiguration(host: "", port: 0)
        configuration.heartbeat = .zero
        do throws(AMQPError) {
            try configuration.validate()
            Issue.record("accepted")
        } catch {
            for word in ["host", "port 0", "heartbeat"] { #expect(error.message.contains(word)) }
        }
    }
}

extension ConfigurationTests {
    @Test func aPrintedConfigurationDoesNotTellThePassword() {
        let configuration = AMQPConfiguration(password: "hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("127.0.0.1:5672"))
        }
    }
}
