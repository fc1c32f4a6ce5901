import Domain
import Tabular

/// Where a cell's text comes from. What these hand out lies in the chunk, in the plan or in one of the mapper's own
/// buffers, and is good until the next field is asked for.
extension RecordMapper {
    /// The source text of a cell; for lookups still the key.
    mutating func sourceText(
        _ step: CellStep, _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        switch step.kind {
        case .const: return constants[step.prefix]
        case .concat: return joined(step, reader, chunk)
        case .contentHash: return hashed(step, reader, chunk)
        case .copy, .upper, .lower, .date, .lookup, .amount:
            if step.source >= 0 { return field(step.source, reader, chunk) }
            for index in step.sources {
                let text = field(sources[index], reader, chunk)
                if !text.isEmpty { return text }
            }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// The value of a lookup's key, or what stands in for it.
    func lookedUp(_ key: UnsafeRawBufferPointer, _ step: CellStep) -> UnsafeRawBufferPointer? {
        lookups[step.target]?._withUnsafeGuaranteedRef { $0.value(key) } ?? step.defaultText.map { constants[$0] }
    }

    /// The text as the transform makes it; nil when it is no date, or no amount.
    mutating func converted(_ text: UnsafeRawBufferPointer, _ step: CellStep) -> UnsafeRawBufferPointer? {
        switch step.kind {
        case .copy, .lookup, .const, .concat, .contentHash: return text
        case .upper: return changed(text, UInt8(ascii: "a")) { $0.uppercased() }
        case .lower: return changed(text, UInt8(ascii: "A")) { $0.lowercased() }
        case .date:
            convertedBytes.cut(to: 0)
            guard case .date(let pattern) = plan.targets[step.target].transform,
                pattern.writeISODate(of: text, to: &convertedBytes)
            else { return nil }
            return convertedBytes.all
        case .amount:
            guard case .amount(let factor) = plan.targets[step.target].transform else { return text }
            guard let amount = Amount.number(text) else { return nil }
            convertedBytes.cut(to: 0)
            convertedBytes.append(Array("\(amount * factor)".utf8))
            return convertedBytes.all
        }
    }

    /// The text in another case. In ASCII the letters of both stand 32 apart.
    private mutating func changed(
        _ text: UnsafeRawBufferPointer, _ first: UInt8, _ change: (String) -> String
    ) -> UnsafeRawBufferPointer {
        convertedBytes.cut(to: 0)
        guard text.isASCII else {
            convertedBytes.append(Array(change(text.text).utf8))
            return convertedBytes.all
        }
        convertedBytes.append(text) { $0 &- first < 26 ? $0 ^ 0x20 : $0 }
        return convertedBytes.all
    }

    private mutating func joined(
        _ step: CellStep, _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        madeBytes.cut(to: 0)
        madeBytes.append(constants[step.prefix])
        let start = madeBytes.count
        var isEmpty = true
        for index in step.sources {
            let part = field(sources[index], reader, chunk)
            if part.isEmpty { continue }
            if !isEmpty { madeBytes.append(constants[step.separator]) }
            madeBytes.append(part)
            isEmpty = false
        }
        if isEmpty { madeBytes.cut(to: start - step.prefix.count) }
        return madeBytes.all
    }

    private mutating func hashed(
        _ step: CellStep, _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        madeBytes.cut(to: 0)
        var isEmpty = true
        for index in step.sources {
            if index > step.sources.lowerBound { madeBytes.append(0x1F as UInt8) }
            let part = field(sources[index], reader, chunk)
            if !part.isEmpty { isEmpty = false }
            madeBytes.append(part)
        }
        let hash = StableHash.hash64(madeBytes.all)
        madeBytes.cut(to: 0)
        if isEmpty { return madeBytes.all }
        madeBytes.append(constants[step.prefix])
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: hash >> UInt64(shift)) & 0xF
            madeBytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return madeBytes.all
    }

    /// A field without the spaces and tabs around it.
    @inline(__always)
    private mutating func field(
        _ index: Int, _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        if holdsBadBytes || options.isReport || reader.needsUnescape(index) { return oddField(index, reader) }
        return FieldParser.trimmed(UnsafeRawBufferPointer(rebasing: chunk[reader.field(index)]))
    }

    /// A field that does not stand in the chunk as it is meant: with quotes to resolve, or with bytes that are not UTF-8.
    @inline(never)
    private mutating func oddField(_ index: Int, _ reader: CSVReader) -> UnsafeRawBufferPointer {
        fieldBytes.cut(to: 0)
        if holdsBadBytes, !reader.isValidUTF8(index) {
            fieldBytes.append(Array(reader.fieldString(index).utf8))
        } else {
            reader.unescape(index) { fieldBytes.append($0) }
        }
        return FieldParser.trimmed(options.isReport ? ReportFormat.restored(fieldBytes.all) : fieldBytes.all)
    }
}
