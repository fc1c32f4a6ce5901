import Domain
import Foundation

/// A file of this machine that is to be imported.
struct LocalFile: Sendable, Equatable {
    let path: String
    /// Last part of the path: what the server knows it by.
    let name: String
    /// Bytes.
    let size: Int64
    /// How the server is to read it; what is nil it finds out.
    var format: FileFormat?

    /// Looks at every path before anything is sent.
    /// - Throws: every fault at once, in one error.
    static func check(_ paths: [String]) throws(ClientError) -> [LocalFile] {
        var files: [LocalFile] = []
        var faults: [String] = []
        var pathsByName: [String: String] = [:]
        for path in paths {
            let name = URL(fileURLWithPath: path).lastPathComponent
            if let other = pathsByName[name] {
                faults.append("\(path) and \(other) have one name, and a session knows files by their name")
                continue
            }
            pathsByName[name] = path
            switch inspect(path) {
            case .success(let size): files.append(LocalFile(path: path, name: name, size: size))
            case .failure(let fault): faults.append(fault.text)
            }
        }
        guard faults.isEmpty else { throw ClientError(.file, faults.joined(separator: "; ")) }
        return files
    }

    private struct Fault: Error {
        let text: String
    }

    private static func inspect(_ path: String) -> Result<Int64, Fault> {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else {
            return .failure(Fault(text: "\(path) does not exist: check the path"))
        }
        guard !isFolder.boolValue else { return .failure(Fault(text: "\(path) is a folder: name its files")) }
        guard files.isReadableFile(atPath: path) else { return .failure(Fault(text: "\(path) may not be read")) }
        do {
            let size = try files.attributesOfItem(atPath: path)[.size] as? NSNumber
            guard let size = size?.int64Value, size > 0 else {
                return .failure(Fault(text: "\(path) is empty: leave it out, or export it again"))
            }
            return .success(size)
        } catch {
            return .failure(Fault(text: "\(path) cannot be looked at (\(error))"))
        }
    }
}
