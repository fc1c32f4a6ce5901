import Domain

extension RuleCheck {
    func coordinates(_ cells: [MappedCell], _ step: Step, _ tell: (Finding) -> Void) {
        guard let latitude, let longitude else { return }
        guard let north = cells[latitude].real, let east = cells[longitude].real else {
            if cells[latitude].isNull, cells[longitude].isNull {
                tell(
                    finding(
                        step, .coordinateMissing, latitude, "", "the outlet has no coordinates", severity: .warning))
            } else {
                tell(finding(step, .coordinateMissing, latitude, "", "latitude and longitude go together"))
            }
            return
        }
        if north == 0, east == 0 {
            tell(finding(step, .coordinateZero, latitude, "\(north), \(east)", "0,0 is no outlet's place"))
        } else if abs(north) > 90 || abs(east) > 180 {
            let swapped = abs(east) <= 90 && abs(north) <= 180
            tell(
                finding(
                    step, .coordinateRange, latitude, "\(north), \(east)",
                    "not on the globe" + (swapped ? "; latitude and longitude look swapped" : "")))
        }
    }

    func boundingBox(
        _ cells: [MappedCell], _ row: borrowing RowBytes, _ step: Step, _ tell: (Finding) -> Void
    ) {
        guard let latitude, let longitude, let north = cells[latitude].real, let east = cells[longitude].real,
            !(north == 0 && east == 0)
        else { return }
        var box = boxes[step.index]
        var name: String?
        if step.position >= 0 {
            guard let text = cells[step.position].text, let named = rules[step.index].boxes?[row[text].text] else {
                return
            }
            box = named
            name = "the box of \(row[text].text)"
        }
        if box.contains(latitude: north, longitude: east) { return }
        let isSwapped = box.contains(latitude: east, longitude: north)
        tell(
            finding(
                step, isSwapped ? .coordinateSwapped : .coordinateOutside, latitude, "\(north), \(east)",
                "outside \(name ?? "the schema's bounding box")"
                    + (isSwapped ? "; latitude and longitude look swapped" : ""),
                severity: rules[step.index].severity ?? .warning))
    }
}
