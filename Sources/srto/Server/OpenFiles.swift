import Foundation

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// More than this is never needed: 10,000 sockets with their files.
    private static let enough: rlim_t = 32_768

    /// Raises the soft limit as far as the system lets this process and it makes sense; returns what holds then.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let wanted = min(limit.rlim_max, enough)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, enough))
    }
}
