import Plasticity

/// What the chip does with the synapses of a packet that it takes in some steps after it was sent.
///
/// A packet's key tells the step it was sent in, so that its row is delivered as of that step; what was to arrive by
/// now is too late, and is left out and counted.
///
/// - Source: Documentation/Chip.md, "Colours" and "Rows".
public enum LateSpikes {
    /// A fixed synapse is left out; one with a stored delay of 0, which stands for all slots, never is.
    ///
    /// - Parameters:
    ///   - delay: As stored, steps.
    ///   - late: Steps since the packet was sent.
    @inline(__always)
    public static func skipsFixed(delay: Int, late: Int) -> Bool { delay != 0 && delay <= late }

    /// A plastic synapse learns and is left out as input; one with a stored delay of 0 always is.
    ///
    /// - Parameters:
    ///   - delay: As stored, steps.
    ///   - late: Steps since the packet was sent.
    @inline(__always)
    public static func skipsPlastic(delay: Int, late: Int) -> Bool { delay <= late }

    /// What a packet adds to the chip's count of late spikes: the lowest bit of its lateness.
    public static func counted(late: Int) -> Int { late & 1 }

    /// The step as of which fixed synapses are delivered, so that they arrive after `step` in the slot that the chip
    /// uses.
    ///
    /// - Parameters:
    ///   - late: Steps since the packet was sent, not negative.
    ///   - slots: Of the ring buffers; what is still delivered after that many steps waits for its slot's next turn.
    public static func time(at step: Int, late: Int, slots: Int) -> Int { step - late % slots }
}

/// Static rows for packets that may be late: each row once for every lateness, without the synapses that it leaves out.
///
/// So a late packet is a packet of another row, and the kernel that delivers it knows nothing of lateness.
public struct LateRows: Sendable {
    /// Slots of the ring buffers.
    public let slots: Int
    /// What a ``RowTable`` is made of, `[rows][slots]`; a stored delay of 0 is all slots there.
    public private(set) var listed: [[RowSynapse]] = []
    /// Synapses left out, as ``listed``.
    private var skipped: [Int] = []

    /// Lays out rows of stored synapses.
    ///
    /// - Complexity: O(synapses × slots).
    public init(_ rows: [[ChipSynapse]], slots: Int) {
        self.slots = slots
        for row in rows {
            for late in 0..<slots {
                let kept = row.filter { !LateSpikes.skipsFixed(delay: $0.delay % slots, late: late) }
                skipped.append(row.count - kept.count)
                listed.append(
                    kept.map {
                        let delay = $0.delay % slots
                        return RowSynapse(
                            type: $0.type, neuron: $0.index, delay: delay == 0 ? slots : delay, weight: $0.weight)
                    })
            }
        }
    }

    /// The number in ``listed`` of a row for a packet that is `late` steps late.
    public func number(of row: Int, late: Int) -> Int { row * slots + min(late, slots - 1) }

    /// Synapses of a row that a packet that is `late` steps late leaves out.
    public func skipped(of row: Int, late: Int) -> Int { skipped[number(of: row, late: late)] }
}

extension PlasticRowTable {
    /// Plastic synapses of a row that learn from a packet that is `late` steps late but are no input any more.
    ///
    /// - Complexity: O(synapses of the row).
    public func skipped(row: Int, late: Int) -> Int {
        var count = 0
        forEachPart(row: row) { part in
            for i in 0..<part.count
            where LateSpikes.skipsPlastic(delay: Int(controls.delay(part.controls[i])), late: late) { count += 1 }
        }
        return count
    }
}
