import Foundation
import NIOSSL

/// A certificate for "localhost" that signs itself, made for one test.
struct TestCertificate {
    struct Failed: Error {}

    let certificate: NIOSSLCertificate
    let key: NIOSSLPrivateKey
    /// The certificate as text.
    let pem: Data

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("amqp-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (keyFile, certificateFile) = (folder.appendingPathComponent("key"), folder.appendingPathComponent("crt"))
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile.path, "-out",
            certificateFile.path,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw Failed() }
        pem = try Data(contentsOf: certificateFile)
        certificate = try NIOSSLCertificate(bytes: Array(pem), format: .pem)
        key = try NIOSSLPrivateKey(bytes: Array(Data(contentsOf: keyFile)), format: .pem)
    }

    func serverContext(newest: TLSVersion? = nil) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.maximumTLSVersion = newest
        return try NIOSSLContext(configuration: configuration)
    }
}
