import Foundation

extension ServerAPI {
    private static let tus = (name: "tus-resumable", value: "1.0.0")

    /// Uploads a file in parts (tus 1.0): after a cut it goes on where the server has it. It is given up when for `patience`
    /// nothing of it arrives.
    func uploadInParts(
        _ file: LocalFile, to link: String, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ClientError) {
        var arrived: Int64 = -1
        var lastGain = ContinuousClock.now
        var backOff = BackOff()
        while true {
            let offset = try await offset(of: link)
            progress(offset)
            if offset >= file.size { return }
            if offset > arrived {
                (arrived, lastGain) = (offset, .now)
                backOff.reset()
            }
            do throws(ClientError) {
                try await send(file, from: offset, to: link, progress)
            } catch {
                let pause = backOff.next()
                guard error.isWorthResuming, ContinuousClock.now + pause - lastGain < patience else { throw error }
                do { try await Task.sleep(for: pause) } catch { throw ClientError.interrupted }
            }
        }
    }

    /// How many bytes the server has.
    private func offset(of link: String) async throws(ClientError) -> Int64 {
        let call = Call(method: .HEAD, url: address.resolve(link), headers: [Self.tus])
        let offset = try await perform(call) { $0.headers.first(name: "upload-offset").flatMap { Int64($0) } }
        guard let offset else {
            throw ClientError(
                .misunderstood, "the server does not say how far the upload is",
                advice: "check that server and client are of one version")
        }
        return offset
    }

    private func send(
        _ file: LocalFile, from offset: Int64, to link: String, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ClientError) {
        _ = try await fetch(
            Call(
                method: .PATCH, url: address.resolve(link), body: .file(file, from: offset, progress: progress),
                headers: [
                    Self.tus, ("upload-offset", String(offset)), ("content-type", "application/offset+octet-stream"),
                ],
                isRepeatable: false, limit: .hours(6)))
    }
}

extension ClientError {
    /// Whether an upload in parts may go on after it.
    fileprivate var isWorthResuming: Bool {
        switch code {
        case .lost, .unreachable: true
        // Somebody else's part came first, or a proxy lost its server.
        case .refused(let status): [409, 429, 502, 503, 504].contains(status)
        default: false
        }
    }
}
