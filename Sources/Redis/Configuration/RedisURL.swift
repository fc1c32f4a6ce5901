import FoundationEssentials

/// The parts of a Redis URL, percent-decoded, with one host or several; what they mean is not decided here.
struct RedisURL {
    struct Invalid: Error {
        /// Goes on from "The Redis URL"; repeats nothing of the URL, which holds a password.
        let what: String
    }

    struct Host: Equatable {
        let name: String
        let port: Int?
    }

    let scheme: String
    let hosts: [Host]
    let user: String?
    let password: String?
    /// What stands between the slashes.
    let path: [String]
    let parameters: [String: String]

    init(_ url: String) throws(Invalid) {
        // Hosts separated by commas are no authority that URLComponents can read: it is given them one by one.
        guard let start = url.firstRange(of: "://")?.upperBound else { throw Invalid(what: "cannot be parsed") }
        let scheme = url[..<start]
        let end = url[start...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        let hostStart = url[start..<end].lastIndex(of: "@").map { url.index(after: $0) } ?? start
        let login = url[start..<hostStart]
        let names = url[hostStart..<end].split(separator: ",", omittingEmptySubsequences: false)
        var hosts: [Host] = []
        for name in names {
            guard let parts = URLComponents(string: "\(scheme)\(name)") else { throw Invalid(what: "cannot be parsed") }
            hosts.append(try Self.host(parts))
        }
        guard let first = names.first, let parts = URLComponents(string: "\(scheme)\(login)\(first)\(url[end...])")
        else {
            throw Invalid(what: "cannot be parsed")
        }
        guard parts.fragment == nil else { throw Invalid(what: "has a fragment") }
        self.scheme = (parts.scheme ?? "").lowercased()
        self.hosts = hosts
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        if user != nil, parts.password == nil { throw Invalid(what: "has a user and no password") }
        path = parts.path.split(separator: "/").map(String.init)
        parameters = try Self.parameters(parts)
    }

    private static func host(_ parts: URLComponents) throws(Invalid) -> Host {
        // An IPv6 address stands in brackets there, and without them everywhere else.
        let name = (parts.host ?? "").drop { $0 == "[" }.prefix { $0 != "]" }
        guard !name.isEmpty else { throw Invalid(what: "names no host") }
        guard parts.port.map((1...65535).contains) ?? true else { throw Invalid(what: "has a port outside 1 to 65535") }
        return Host(name: String(name), port: parts.port)
    }

    private static func parameters(_ parts: URLComponents) throws(Invalid) -> [String: String] {
        var parameters: [String: String] = [:]
        for item in parts.queryItems ?? [] {
            guard let value = item.value, !value.isEmpty else { throw Invalid(what: "has a parameter without a value") }
            guard parameters.updateValue(value, forKey: item.name) == nil else {
                throw Invalid(what: "has a parameter twice")
            }
        }
        return parameters
    }

    /// A parameter that nobody reads may be one that somebody relies on.
    func allow(parameters known: String...) throws(Invalid) {
        guard parameters.keys.allSatisfy(known.contains) else {
            throw Invalid(what: "has a parameter other than \(known.joined(separator: ", "))")
        }
    }

    /// The number of the database at this place of the path; 0 when the path is shorter.
    func database(at index: Int) throws(Invalid) -> Int {
        guard path.count <= index + 1 else { throw Invalid(what: "has too long a path") }
        guard path.count == index + 1 else { return 0 }
        guard let number = Int(path[index]), number >= 0 else {
            throw Invalid(what: "has a database that is not a number")
        }
        return number
    }
}
