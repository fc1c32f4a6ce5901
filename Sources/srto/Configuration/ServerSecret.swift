import Crypto
import Foundation

/// The local secret that signs tokens and object URLs: 32 random bytes in a file that only its owner reads.
struct ServerSecret {
    private let bytes: [UInt8]

    /// The key for one purpose, so that what is signed for one never passes for another.
    func key(for purpose: String) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Data("srto \(purpose)".utf8), outputByteCount: 32)
        return key.withUnsafeBytes { Array($0) }
    }

    /// Reads the secret, making it when there is none: for the server alone.
    /// - Throws: `StartError` when the file cannot be written, cannot be read or is no secret.
    static func readOrMake(path: String) throws -> ServerSecret {
        if !FileManager.default.fileExists(atPath: path) { try make(at: path) }
        return try ServerSecret(path: path)
    }

    /// Reads the secret.
    /// - Throws: `StartError` when there is none, or the file cannot be read or is no secret.
    init(path: String) throws {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else {
            throw StartError(
                "there is no secret at \(path): set SRTO_HOME to the folder where the server keeps its data "
                    + "(\(URL(filePath: path).deletingLastPathComponent().path) is what it is now), or start it first.")
        }
        guard let data = manager.contents(atPath: path), data.count == 32 else {
            throw StartError(
                "the secret \(path) cannot be read or has not 32 bytes: restore it, or remove it to have a new one made (issued tokens then end)."
            )
        }
        bytes = Array(data)
    }

    /// Two processes may start at once: the first to link its file into place wins, both then read the same.
    private static func make(at path: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let temporary = path + "." + UUID().uuidString
        guard manager.createFile(atPath: temporary, contents: Data(secret), attributes: [.posixPermissions: 0o600])
        else { throw StartError("the secret \(path) cannot be written: check that its folder can be.") }
        defer { unlink(temporary) }
        if link(temporary, path) != 0, errno != EEXIST {
            throw StartError("the secret \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
