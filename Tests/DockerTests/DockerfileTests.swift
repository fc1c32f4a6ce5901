import Foundation
import TestSupport
import Testing

/// The Dockerfile, as far as it can be checked without an engine.
struct DockerfileTests {
    private static let known: Set = [
        "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD",
    ]
    /// What every Debian image that has apt brings.
    private static let base: Set = ["libc6", "libgcc-s1"]

    private let dockerfile: Dockerfile

    init() throws { dockerfile = try Dockerfile() }

    @Test func `every instruction is known and every stage begins with an image`() {
        for stage in dockerfile.stages {
            #expect(stage.first?.name == "FROM")
            for instruction in stage { #expect(Self.known.contains(instruction.name), "\(instruction.name)") }
        }
        #expect(dockerfile.stages.count == 2)
    }

    @Test func `what is copied exists and the build context lets it through`() throws {
        let ignore = try String(
            contentsOf: ComposeFile.folder.appending(path: "Dockerfile.dockerignore"), encoding: .utf8
        ).split(separator: "\n")
        #expect(ignore.contains("*"))
        for copy in dockerfile.stages.joined() where copy.name == "COPY" && !copy.arguments.hasPrefix("--from") {
            for source in copy.words.dropLast() {
                let path = TestServers.repository.appending(path: source).path
                #expect(FileManager.default.fileExists(atPath: path), "\(source)")
                #expect(ignore.contains("!\(source)"), "\(source)")
            }
        }
    }

    @Test func `it runs the server as somebody else than root`() throws {
        let user = try #require(dockerfile.last("USER")?.arguments)
        #expect(!["root", "0"].contains(user))
        let made = dockerfile.stages.last?.contains {
            $0.name == "RUN" && $0.arguments.contains("useradd") && $0.arguments.hasSuffix(home(user))
        }
        #expect(made == true)
        #expect(dockerfile.last("ENTRYPOINT")?.list == ["srto"])
        #expect(dockerfile.last("CMD")?.list == ["serve"])
        #expect(dockerfile.last("HEALTHCHECK")?.arguments.contains("http://127.0.0.1:8080/health") == true)
    }

    @Test func `every package is in Debian's index`() async throws {
        for package in dockerfile.stages.flatMap(Dockerfile.packages) {
            let shown = try await run(["apt-cache", "show", package])
            #expect(shown.status.isSuccess && shown.text.contains("Package: \(package)"), "\(package)")
        }
    }

    @Test func `the libraries that the binary loads are installed beside it`() async throws {
        let loaded = try await run(["ldd", try TestServers.setting("SRTO_TEST_BINARY")])
        let installed = Set(Dockerfile.packages(try #require(dockerfile.stages.last)))
        var needed: Set<String> = []
        // Swift's own libraries are linked in statically in the image.
        for line in loaded.text.split(separator: "\n") where line.contains("=> /") && !line.contains("/swift/") {
            let library = line.split(separator: " ")[0].trimmingCharacters(in: .whitespaces)
            let owner = try await run(["dpkg-query", "-S", "*/\(library)"])
            #expect(owner.status.isSuccess, "\(library): \(owner.text)")
            needed.insert(String(owner.text.prefix { $0 != ":" }))
        }
        #expect(needed.isSuperset(of: ["librabbitmq4", "libhiredis0.14"]))
        #expect(needed.subtracting(installed).subtracting(Self.base) == [])
    }

    private func home(_ user: String) -> String { "/var/lib/\(user)" }

    private func run(_ words: [String]) async throws -> Command.Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try await Command(
            words: words, environment: ["PATH": path, "LC_ALL": "C"], folder: TestServers.repository
        )
        .run()
    }
}
