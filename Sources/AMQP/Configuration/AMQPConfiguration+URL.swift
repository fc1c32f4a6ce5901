import NIOSSL

extension AMQPConfiguration {
    /// Reads `amqp://user:password@host:port/vhost`, or `amqps://` for TLS with the system's trust roots;
    /// `amqps://…?cacertfile=/path/ca.pem` trusts the authorities of that file instead, and no others.
    ///
    /// User, password, virtual host and file are percent-decoded. No path, `/` alone and `/%2F` all mean the virtual host
    /// `/`. An IPv6 address stands in brackets. Any other parameter is refused: nothing here would read it.
    public init(url: String) throws(AMQPError) {
        func refuse(_ why: String) -> AMQPError {
            AMQPError(
                .invalidConfiguration,
                "The AMQP URL is unusable: \(why). Expected amqp://user:password@host:port/vhost.")
        }
        func decode(_ text: Substring, _ what: String) throws(AMQPError) -> String {
            guard let decoded = percentDecoded(text) else { throw refuse("the \(what) has a broken percent escape") }
            return decoded
        }

        let isSecure: Bool
        var rest: Substring
        if url.hasPrefix("amqp://") {
            isSecure = false
            rest = url.dropFirst("amqp://".count)
        } else if url.hasPrefix("amqps://") {
            isSecure = true
            rest = url.dropFirst("amqps://".count)
        } else {
            throw refuse("it begins with neither amqp:// nor amqps://")
        }
        if rest.contains("#") { throw refuse("it has a fragment") }
        var authorities: String?
        if let mark = rest.firstIndex(of: "?") {
            let query = rest[rest.index(after: mark)...]
            // A password with a bare question mark ends up here: the text is not repeated.
            guard query.hasPrefix("cacertfile="), !query.contains("&") else {
                throw refuse("it has a parameter other than cacertfile")
            }
            guard isSecure else { throw refuse("cacertfile needs amqps://") }
            let file = try decode(query.dropFirst("cacertfile=".count), "cacertfile")
            guard !file.isEmpty else { throw refuse("cacertfile names no file") }
            authorities = file
            rest = rest[..<mark]
        }

        self.init()
        port = isSecure ? 5671 : 5672
        if isSecure {
            var tls = TLSConfiguration.makeClientConfiguration()
            if let authorities { tls.trustRoots = .file(authorities) }
            self.tls = tls
        }

        if let slash = rest.firstIndex(of: "/") {
            let path = rest[rest.index(after: slash)...]
            if path.contains("/") { throw refuse("a slash in the virtual host's name has to be written %2F") }
            if !path.isEmpty { virtualHost = try decode(path, "virtual host") }
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            username = try decode(login[0], "user name")
            if login.count > 1 { password = try decode(login[1], "password") }
            rest = rest[rest.index(after: at)...]
        }
        var portText: Substring?
        if rest.hasPrefix("["), let bracket = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<bracket])
            let tail = rest[rest.index(after: bracket)...]
            guard tail.isEmpty || tail.hasPrefix(":") else {
                throw refuse("something stands between the address and the port")
            }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = rest.lastIndex(of: ":") {
            host = String(rest[..<colon])
            portText = rest[rest.index(after: colon)...]
        } else {
            host = String(rest)
        }
        if let portText {
            guard let number = Int(portText) else { throw refuse("the port is not a number") }
            port = number
        }
        try validate()
    }
}

/// The text with its percent escapes resolved, or nil when one is broken or the result is not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
            let value = UInt8(digits, radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}
