extension String {
    /// Its first Unicode scalars, at most `length` of them: what strangers write may be of any length, and so may a single
    /// character of it.
    package func cut(to length: Int) -> String {
        utf8.count <= length ? self : String(unicodeScalars.prefix(length))
    }
}
