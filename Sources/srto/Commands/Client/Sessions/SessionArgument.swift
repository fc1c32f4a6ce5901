import ArgumentParser

/// An import session, as a person names it.
struct SessionArgument: ParsableArguments {
    @Argument(help: "Id of the session, with or without 'import:' in front.")
    var id: String

    /// The id alone.
    var bare: String { id.hasPrefix("import:") ? String(id.dropFirst(7)) : id }
}
