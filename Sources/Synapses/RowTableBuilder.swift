// Rows are built in two passes over the same synapses, because they can be generated again at will: the first counts
// how many fall in each segment of each row, the second writes every word where it belongs. Nothing is sorted, nothing
// is copied, and beside the rows themselves only the counters are held: one per row, synapse type and window of the
// ring buffers.

public import Diagnostics
public import Topology

/// Builds a rank's ``RowTable`` from the network description.
public struct RowTableBuilder {
    let network: Network
    let rules: SynapseRules
    let blocks: [SourceBlock]
    let targets: [TargetCore]
    let stride: Int
    let windows: Int
    /// First row of each block, `[blocks]`.
    public let firstRow: [Int]
    private let rowCount: Int
    /// Per source population and synapse type: its place among the types the population uses, or -1.
    private let typeSlots: [[Int]]
    private let usedTypes: [Int]
    /// Per source population and synapse type: the one weight of all its synapses, if there is one.
    private let packedWeights: [[UInt16?]]
    /// First cell of each block.
    private let firstCell: [Int]
    private let cellCount: Int

    /// Marks a source whose packets do not reach a target.
    private static let unreached = UInt32.max

    /// - Parameters:
    ///   - blocks: Source cores whose packets reach this rank, ascending.
    ///   - targets: This rank's cores that receive synapses, ascending.
    ///   - ringBuffers: Where the rows will deliver to.
    public init(
        network: Network, rules: SynapseRules, blocks: [SourceBlock], targets: [TargetCore], ringBuffers: RingBuffers
    ) throws(Failure) {
        self.network = network
        self.rules = rules
        self.blocks = blocks
        self.targets = targets
        stride = ringBuffers.stride
        windows = ringBuffers.slots * ringBuffers.stride / 65536 + 1
        guard windows <= SegmentHeader.maximumWindows else {
            throw Failure(
                .doesNotFit,
                """
                a rank would hold ring buffers of \(ringBuffers.slots) × \(ringBuffers.stride) entries, more than rows \
                can address (2²⁸); use more ranks
                """)
        }
        var typeSlots = network.populations.map { _ in [Int](repeating: -1, count: 8) }
        var usedTypes = network.populations.map { _ in 0 }
        var packed = network.populations.map { _ in [UInt16?](repeating: nil, count: 8) }
        for (index, projection) in network.projections.enumerated() where projection.synapse.stdp == nil {
            let type = rules.synapseType(projection)
            let weight = rules.constantWeight(index)
            if typeSlots[projection.pre][type] < 0 {
                typeSlots[projection.pre][type] = usedTypes[projection.pre]
                usedTypes[projection.pre] += 1
                packed[projection.pre][type] = weight
            } else if packed[projection.pre][type] != weight {
                packed[projection.pre][type] = nil
            }
        }
        self.typeSlots = typeSlots
        self.usedTypes = usedTypes
        packedWeights = packed

        var firstRow: [Int] = []
        var firstCell: [Int] = []
        var rows = 0
        var cells = 0
        for block in blocks {
            firstRow.append(rows)
            firstCell.append(cells)
            rows += block.rows
            cells += block.rows * usedTypes[block.population] * windows
        }
        guard cells < Int(Self.unreached) else {
            throw Failure(.doesNotFit, "a rank would need \(cells) counters to build its rows; use more ranks")
        }
        self.firstRow = firstRow
        self.firstCell = firstCell
        rowCount = rows
        cellCount = cells
    }

    /// Generates all synapses of this rank's targets and packs them into rows.
    ///
    /// - Parameter progress: Told the share done so far, in 0...1.
    /// - Returns: The rows, and how many synapses each source population has onto each target,
    ///   `[populations][targets]`.
    /// - Throws: `doesNotFit` when there is no memory for the rows.
    /// - Complexity: O(synapses), each generated twice.
    public func build(
        progress: (Double) -> Void = { _ in }
    ) throws(Failure) -> (table: RowTable, synapsesOnto: [[Int]]) {
        let onto = SynapseCounts(populations: network.populations.count, targets: targets.count)
        let cells = UnsafeMutablePointer<UInt32>.allocate(capacity: max(cellCount, 1))
        cells.initialize(repeating: 0, count: max(cellCount, 1))
        defer { cells.deallocate() }
        pass(cells: cells, words: nil, onto) { progress($0 / 2) }

        let index = UnsafeMutablePointer<RowEntry>.allocate(capacity: rowCount + 1)
        let layout = measure(cells)
        guard layout.words < Int(UInt32.max), let words = RowTable.allocateWords(layout.words) else {
            index.deallocate()
            throw Failure(
                .doesNotFit,
                """
                this rank's \(layout.synapses) synapses need \(layout.words * 4) bytes, which cannot be had; \
                use more ranks or more memory
                """)
        }
        place(cells, index, words)
        pass(cells: cells, words: words, nil) { progress(0.5 + $0 / 2) }
        let table = RowTable(
            rows: rowCount, index: index, words: words, wordCount: layout.words, synapses: layout.synapses)
        return (table, onto.counts)
    }

    // MARK: - Layout

    /// Words of a segment's synapses.
    private func segmentWords(_ count: Int, packed: Bool) -> Int { packed ? (count + 1) / 2 : count }

    private func measure(_ cells: UnsafeMutablePointer<UInt32>) -> (words: Int, synapses: Int) {
        var words = 0
        var synapses = 0
        forEachCell { cell, _, _, _, packed in
            let count = Int(cells[cell])
            guard count > 0 else { return }
            words += 2 + segmentWords(count, packed: packed != nil)
            synapses += count
        }
        return (words, synapses)
    }

    /// Writes row starts and segment headers, and turns counts into write positions.
    private func place(
        _ cells: UnsafeMutablePointer<UInt32>, _ index: UnsafeMutablePointer<RowEntry>,
        _ words: UnsafeMutablePointer<UInt32>
    ) {
        var at = 0
        var currentRow = -1
        forEachCell { cell, row, type, window, packed in
            while currentRow < row {
                currentRow += 1
                (index + currentRow).initialize(to: RowEntry(start: UInt32(at)))
            }
            let count = Int(cells[cell])
            guard count > 0 else { return }
            let header = SegmentHeader(packed: packed != nil, type: type, window: window, weight: packed ?? 0)
            words[at] = header.rawValue
            words[at + 1] = UInt32(count)
            at += 2
            cells[cell] = UInt32(at)
            at += segmentWords(count, packed: packed != nil)
        }
        while currentRow < rowCount {
            currentRow += 1
            (index + currentRow).initialize(to: RowEntry(start: UInt32(at)))
        }
    }

    /// Visits (cell, row, type, window, packed weight) in the order of the words.
    private func forEachCell(_ body: (Int, Int, Int, Int, UInt16?) -> Void) {
        for (number, block) in blocks.enumerated() {
            let population = block.population
            let types = typeSlots[population].indices.filter { typeSlots[population][$0] >= 0 }
                .sorted { typeSlots[population][$0] < typeSlots[population][$1] }
            var cell = firstCell[number]
            for row in firstRow[number]..<(firstRow[number] + block.rows) {
                for type in types {
                    for window in 0..<windows {
                        body(cell, row, type, window, packedWeights[population][type])
                        cell += 1
                    }
                }
            }
        }
    }

    // MARK: - Passes

    private func pass(
        cells: UnsafeMutablePointer<UInt32>, words: UnsafeMutablePointer<UInt32>?, _ onto: SynapseCounts?,
        progress: (Double) -> Void
    ) {
        // Packed segments are written by half-words: how many of a segment are there already.
        var halves: UnsafeMutablePointer<UInt32>?
        if words != nil && packedWeights.contains(where: { $0.contains { $0 != nil } }) {
            halves = .allocate(capacity: max(cellCount, 1))
            halves?.initialize(repeating: 0, count: max(cellCount, 1))
        }
        defer { halves?.deallocate() }
        for (index, projection) in network.projections.enumerated() {
            let local = targets.filter { $0.population == projection.post }
            if !local.isEmpty && projection.synapse.stdp == nil {
                one(projection, index, local, cells, words, halves, onto)
            }
            progress(Double(index + 1) / Double(network.projections.count))
        }
    }

    private func one(
        _ projection: Projection, _ index: Int, _ local: [TargetCore], _ cells: UnsafeMutablePointer<UInt32>,
        _ words: UnsafeMutablePointer<UInt32>?, _ halves: UnsafeMutablePointer<UInt32>?, _ onto: SynapseCounts?
    ) {
        let preSize = network.populations[projection.pre].size
        let type = rules.synapseType(projection)
        let kinds = usedTypes[projection.pre] * windows
        let typeCell = typeSlots[projection.pre][type] * windows
        let isPacked = packedWeights[projection.pre][type] != nil
        let slots = local.first?.delaySlots ?? 0
        let stageSteps =
            blocks.first { $0.population == projection.pre && $0.stages > 0 }.map(\.stageSteps) ?? max(slots, 1)
        let numbers = local.map { target in targets.firstIndex { $0.core == target.core } ?? 0 }
        let reach = ProjectionReach(
            preSize: preSize, population: projection.pre, longestDelay: rules.delayBounds(index).upperBound,
            slots: slots, stageSteps: stageSteps, targets: numbers, blocks: blocks,
            cellOfRow: { block, row in firstCell[block] + row * kinds + typeCell })
        let generator = rules.generator(index, network: network)
        let stride = UInt64(stride)
        generator.generate(local) { target, batch in
            let base = reach.tables.table(target)
            reach.delays.apply(batch)
            if let words {
                if isPacked, let halves {
                    Self.writePacked(batch, base, cells, halves, words, stride)
                } else {
                    Self.write(batch, base, cells, words, stride)
                }
            } else {
                onto?.counts[projection.pre][numbers[target]] += batch.count
                Self.count(batch, base, cells, stride)
            }
        }
    }

    @inline(never)
    private static func count(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ stride: UInt64
    ) {
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = UInt64(batch.delay[i]) &* stride &+ UInt64(batch.neuron[i])
            cells[Int(first) &+ Int(truncatingIfNeeded: entry &>> 16)] &+= 1
        }
    }

    @inline(never)
    private static func write(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ words: UnsafeMutablePointer<UInt32>, _ stride: UInt64
    ) {
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = UInt64(batch.delay[i]) &* stride &+ UInt64(batch.neuron[i])
            let cell = Int(first) &+ Int(truncatingIfNeeded: entry &>> 16)
            let at = cells[cell]
            cells[cell] = at &+ 1
            words[Int(at)] = UInt32(batch.weight[i]) &<< 16 | UInt32(truncatingIfNeeded: entry & 0xFFFF)
        }
    }

    @inline(never)
    private static func writePacked(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ halves: UnsafeMutablePointer<UInt32>, _ words: UnsafeMutablePointer<UInt32>, _ stride: UInt64
    ) {
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = UInt64(batch.delay[i]) &* stride &+ UInt64(batch.neuron[i])
            let cell = Int(first) &+ Int(truncatingIfNeeded: entry &>> 16)
            let half = halves[cell]
            halves[cell] = half &+ 1
            let at = Int(cells[cell]) &+ Int(half &>> 1)
            words[at] |= UInt32(truncatingIfNeeded: entry & 0xFFFF) &<< ((half & 1) &* 16)
        }
    }
}

/// Synapses of each source population onto each target, `[populations][targets]`.
private final class SynapseCounts {
    var counts: [[Int]]

    init(populations: Int, targets: Int) {
        counts = Array(repeating: Array(repeating: 0, count: targets), count: populations)
    }
}
