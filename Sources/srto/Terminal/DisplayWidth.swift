extension String {
    /// Cells that a terminal gives the text: two for East Asian wide characters and emoji, none for marks that join
    /// the character before them.
    var displayWidth: Int {
        reduce(0) { $0 + $1.displayWidth }
    }

    /// The text without anything that would command a terminal: names come from files and from other people.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    // Marks that turn the direction of writing can hide what a line says.
                    case .format where scalar.properties.isBidiControl: " "
                    default: scalar
                    }
                }))
    }

    /// The text in at most `width` cells, an ellipsis at its end when it was cut.
    func clipped(to width: Int, ellipsis: String) -> String {
        guard displayWidth > width else { return self }
        var used = ellipsis.displayWidth
        guard used <= width else { return "" }
        let kept = prefix { character in
            used += character.displayWidth
            return used <= width
        }
        return kept + ellipsis
    }

    /// The text filled up with spaces to `width` cells.
    func padded(to width: Int, onLeft: Bool = false) -> String {
        let fill = String(repeating: " ", count: max(0, width - displayWidth))
        return onLeft ? fill + self : self + fill
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if unicodeScalars.contains(where: { $0.value == 0xFE0F }) || scalar.properties.isEmojiPresentation { return 2 }
        // Blocks that Unicode's table of widths has as wide, taken whole.
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
