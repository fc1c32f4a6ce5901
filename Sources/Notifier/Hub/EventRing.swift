import NIOCore

/// The newest events of the log, as many as fit a number of bytes, and the last sequence of each subject.
struct EventRing: Sendable {
    /// What is known of a subject.
    private struct Track {
        var lastSequence: Int64
        /// Positions of its events, oldest first.
        var positions = CircularBuffer<Int>()
    }

    private let capacityBytes: Int
    private let rememberedSubjects: Int
    private var events = CircularBuffer<EncodedEvent>()
    /// Position of the oldest event held; positions grow by one with each event.
    private var firstPosition = 0
    private var tracks: [String: Track] = [:]
    /// Subjects without an event in the ring, the longest without one first. An entry counts only while the subject
    /// still stands at that sequence.
    private var cold = CircularBuffer<(subject: String, sequence: Int64)>()
    private(set) var bytes = 0
    /// Offset of the last delivery, whatever became of it.
    private(set) var lastOffset: Int64?

    /// - Parameters:
    ///   - capacityBytes: how much is held at most; the newest event is held whatever its size.
    ///   - rememberedSubjects: of how many subjects without an event in the ring the last sequence is known.
    init(capacityBytes: Int, rememberedSubjects: Int) {
        self.capacityBytes = capacityBytes
        self.rememberedSubjects = rememberedSubjects
    }

    /// Last sequence of a subject; nil when it is not known.
    func lastSequence(of subject: String) -> Int64? { tracks[subject]?.lastSequence }

    /// Takes note of a delivery's offset.
    mutating func passed(offset: Int64) {
        lastOffset = max(lastOffset ?? offset, offset)
    }

    /// Holds an event that is newer than the subject's last.
    mutating func append(_ event: EncodedEvent) {
        let position = firstPosition + events.count
        tracks[event.topic, default: Track(lastSequence: event.sequence)].lastSequence = event.sequence
        tracks[event.topic]?.positions.append(position)
        events.append(event)
        bytes += event.size
        while bytes > capacityBytes, events.count > 1 { evictOldest() }
    }

    /// Events of a subject with a sequence above `sequence`, oldest first, with whatever holes there are.
    func events(of subject: String, after sequence: Int64) -> [EncodedEvent] {
        guard let track = tracks[subject] else { return [] }
        var found: [EncodedEvent] = []
        for position in track.positions.reversed() {
            let event = events[offset: position - firstPosition]
            guard event.sequence > sequence else { break }
            found.append(event)
        }
        return found.reversed()
    }

    private mutating func evictOldest() {
        let event = events.removeFirst()
        firstPosition += 1
        bytes -= event.size
        guard var track = tracks[event.topic] else { return }
        track.positions.removeFirst()
        tracks[event.topic] = track
        if track.positions.isEmpty {
            cold.append((event.topic, track.lastSequence))
            forgetColdest()
        }
    }

    private mutating func forgetColdest() {
        while cold.count > rememberedSubjects {
            let oldest = cold.removeFirst()
            if let track = tracks[oldest.subject], track.positions.isEmpty, track.lastSequence == oldest.sequence {
                tracks[oldest.subject] = nil
            }
        }
    }
}
