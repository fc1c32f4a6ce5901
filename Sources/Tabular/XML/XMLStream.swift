import CExpat

/// What an `XMLStream` tells of.
protocol XMLEvents: AnyObject {
    /// An element begins.
    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError)
    /// An element ends.
    func ended(_ name: XMLName) throws(TabularError)
    /// A piece of text, in UTF-8; a run of text may come in several.
    func text(_ bytes: UnsafeRawBufferPointer) throws(TabularError)
}

/// Parses XML as it streams past, with expat. Document types are refused, and with them every entity but XML's own: a
/// spreadsheet has none, and bombs are made of them. So are tags longer than a mebibyte and nesting beyond 100 levels.
final class XMLStream {
    private static let longestTag = 1 << 20
    private static let deepest = 100

    private let events: any XMLEvents
    private let parser: OpaquePointer
    private var fedBytes = 0
    private var depth = 0
    private var failure: TabularError?

    /// - Throws: `workbookTooLarge` when memory is lacking.
    init(_ events: any XMLEvents) throws(TabularError) {
        guard let parser = XML_ParserCreate(nil) else {
            throw TabularError(.workbookTooLarge, "there is no memory to read the workbook")
        }
        self.events = events
        self.parser = parser
        // SAFETY: expat hands this pointer back to the handlers, which it calls only within `feed` and `finish` of this
        // object; so the object is alive whenever they run.
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, attributes in
                guard let name else { return }
                XMLStream.of(context)?.began(name, XMLAttributes(attributes))
            },
            { context, name in
                guard let name else { return }
                XMLStream.of(context)?.ended(name)
            })
        XML_SetCharacterDataHandler(parser) { context, text, count in
            XMLStream.of(context)?.text(UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            XMLStream.of(context)?.stop(XMLStream.corrupt("it declares a document type"))
        }
    }

    deinit { XML_ParserFree(parser) }

    /// Takes the next bytes.
    ///
    /// - Throws: `workbookCorrupt`, and what the events throw.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(TabularError) {
        fedBytes += bytes.count
        try parse(bytes, isFinal: false)
        if fedBytes - Int(XML_GetCurrentByteIndex(parser)) > Self.longestTag {
            throw Self.corrupt("a tag has no end")
        }
    }

    /// The document has ended.
    ///
    /// - Throws: as `feed`, also when it should not have ended.
    func finish() throws(TabularError) { try parse(UnsafeRawBufferPointer(start: nil, count: 0), isFinal: true) }

    private func parse(_ bytes: UnsafeRawBufferPointer, isFinal: Bool) throws(TabularError) {
        let base = bytes.bindMemory(to: CChar.self).baseAddress
        let status = XML_Parse(parser, base, Int32(bytes.count), isFinal ? 1 : 0)
        if let failure { throw failure }
        guard status == XML_STATUS_OK else {
            let cause = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "expat"
            throw Self.corrupt("its XML is not well formed in line \(XML_GetCurrentLineNumber(parser))", cause: cause)
        }
    }

    private func began(_ name: UnsafePointer<CChar>, _ attributes: XMLAttributes) {
        depth += 1
        guard depth <= Self.deepest else { return stop(Self.corrupt("its XML is nested too deeply")) }
        forward { () throws(TabularError) in try events.began(XMLName(name), attributes) }
    }

    private func ended(_ name: UnsafePointer<CChar>) {
        depth -= 1
        forward { () throws(TabularError) in try events.ended(XMLName(name)) }
    }

    private func text(_ bytes: UnsafeRawBufferPointer) {
        forward { () throws(TabularError) in try events.text(bytes) }
    }

    private func forward(_ body: () throws(TabularError) -> Void) {
        // expat may still call for the rest of a tag that it was stopped in.
        guard failure == nil else { return }
        do throws(TabularError) { try body() } catch { stop(error) }
    }

    private func stop(_ error: TabularError) {
        failure = failure ?? error
        XML_StopParser(parser, 0)
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLStream? {
        context.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
    }

    static func corrupt(_ why: String, cause: String? = nil) -> TabularError {
        TabularError(.workbookCorrupt, "the workbook is damaged (\(why)): save it again and send that", cause: cause)
    }
}
