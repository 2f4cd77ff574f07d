// Rows are built in two passes over the same synapses, because they can be generated again at will: the first counts
// how many each row has of each delay, the second writes every word where it belongs. Nothing is sorted, nothing is
// copied, and beside the rows themselves only the counters are held: one per row, synapse type and delay. Between the
// passes the counts tell how many delays to put into a segment: as few as make segments that are worth their while.

public import Diagnostics
public import Topology

/// Builds a rank's ``RowTable`` from the network description.
public struct RowTableBuilder {
    let network: Network
    let rules: SynapseRules
    let blocks: [SourceBlock]
    let targets: [TargetCore]
    private let longest: Int
    private let givenShift: Int?
    /// Where sums are, one delay a group.
    private let layout: InputLayout
    /// First row of each block, `[blocks]`.
    public let firstRow: [Int]
    private let rowCount: Int
    /// Per source population and synapse type: its place among the types the population uses, or -1.
    private let typeSlots: [[Int]]
    private let usedTypes: [Int]
    /// Per source population and synapse type: the one weight of all its synapses, if there is one.
    private let packedWeights: [[UInt16?]]
    /// Pairs of a row and a synapse type before each block.
    private let firstList: [Int]
    private let lists: Int

    /// Marks a source whose packets do not reach a target.
    private static let unreached = UInt32.max
    /// Synapses that a segment should have on average before more delays are put together.
    private static let worthwhileSegment = 48
    /// Counters that are no burden, however few synapses there are.
    private static let fewCounters = 1 << 18

    /// - Parameters:
    ///   - blocks: Source cores whose packets reach this rank, ascending.
    ///   - targets: This rank's cores that receive synapses, ascending.
    ///   - neurons: The rank's neurons, padding between groups included.
    ///   - longest: The longest delay within the ring buffers of a core, in steps.
    ///   - groupShift: Delays of a segment; `nil`: as the rows suggest.
    public init(
        network: Network, rules: SynapseRules, blocks: [SourceBlock], targets: [TargetCore], neurons: Int, longest: Int,
        groupShift: Int? = nil
    ) throws(Failure) {
        self.network = network
        self.rules = rules
        self.blocks = blocks
        self.targets = targets
        self.longest = longest
        givenShift = groupShift
        layout = InputLayout(neurons: neurons, groupShift: groupShift)
        guard layout.windows <= SegmentHeader.mostWindows, longest <= SegmentHeader.longestDelay else {
            throw Failure(
                .doesNotFit,
                "a rank would hold \(neurons) neurons with delays of \(longest) steps, more than rows can address; "
                    + "use more ranks")
        }
        var typeSlots = network.populations.map { _ in [Int](repeating: -1, count: 8) }
        var usedTypes = network.populations.map { _ in 0 }
        var packed = network.populations.map { _ in [UInt16?](repeating: nil, count: 8) }
        for (index, projection) in network.projections.enumerated() where projection.synapse.isFixed {
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
        var firstList: [Int] = []
        var rows = 0
        var lists = 0
        for block in blocks {
            firstRow.append(rows)
            firstList.append(lists)
            rows += block.rows
            lists += block.rows * usedTypes[block.population]
        }
        self.firstRow = firstRow
        self.firstList = firstList
        self.lists = lists
        rowCount = rows
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
        var layout = self.layout
        while givenShift == nil, lists * layout.spans(longest: longest) > max(Self.fewCounters, expectedSynapses / 2),
            layout.groupShift < layout.largestShift
        {
            layout.groupShift += 1
        }
        guard lists * layout.spans(longest: longest) < Int(Self.unreached) else {
            throw Failure(
                .doesNotFit,
                "a rank would need \(lists * layout.spans(longest: longest)) counters to build its rows; use more ranks"
            )
        }
        let cells = UnsafeMutablePointer<UInt32>.allocate(capacity: max(lists * layout.spans(longest: longest), 1))
        cells.initialize(repeating: 0, count: max(lists * layout.spans(longest: longest), 1))
        defer { cells.deallocate() }
        pass(layout, cells: cells, words: nil, onto) { progress($0 / 2) }

        var size = measure(layout, cells)
        while givenShift == nil, layout.groupShift < layout.largestShift, longest >> layout.groupShift > 0,
            size.synapses < Self.worthwhileSegment * size.segments
        {
            fold(&layout, cells)
            size = measure(layout, cells)
        }
        guard size.largest <= SegmentHeader.mostSynapses else {
            throw Failure(
                .doesNotFit,
                "a source has \(size.largest) synapses of one delay onto a rank, more than a row can count; use more "
                    + "ranks"
            )
        }
        guard size.words < Int(UInt32.max), let words = RowTable.allocate(words: size.words, rows: rowCount) else {
            throw Failure(
                .doesNotFit,
                """
                this rank's \(size.synapses) synapses need \(size.words * 4) bytes, which cannot be had; \
                use more ranks or more memory
                """)
        }
        place(layout, cells, RowTable.index(words, size.words), words)
        let largest = LargestWeight(packedWeights.joined().compactMap { $0 }.max() ?? 0)
        pass(layout, cells: cells, words: words, nil, largest) { progress(0.5 + $0 / 2) }
        let table = RowTable(
            rows: rowCount, words: words, wordCount: size.words, synapses: size.synapses, segments: size.segments,
            largestWeight: largest.weight, layout: layout)
        return (table, onto.counts)
    }

    /// Synapses that this rank's targets are expected to have.
    private var expectedSynapses: Int {
        var local = [Int](repeating: 0, count: network.populations.count)
        for target in targets where target.copy == 0 { local[target.population] += target.slice.count }
        let expected = network.estimate().synapsesByProjection
        return zip(network.projections, expected).reduce(0) { sum, pair in
            sum + Int(Double(pair.1) * Double(local[pair.0.post]) / Double(network.populations[pair.0.post].size))
        }
    }

    // MARK: - Layout

    /// Words of a segment's synapses.
    private func segmentWords(_ count: Int, packed: Bool) -> Int { packed ? (count + 1) / 2 : count }

    private struct Size {
        var words = 0
        var synapses = 0
        var segments = 0
        /// Synapses of the largest segment.
        var largest = 0
    }

    private func measure(_ layout: InputLayout, _ cells: UnsafeMutablePointer<UInt32>) -> Size {
        var size = Size()
        forEachList(layout) { first, _, _, packed, spans in
            for cell in first..<(first + spans) where cells[cell] > 0 {
                let count = Int(cells[cell])
                size.words += 2 + segmentWords(count, packed: packed != nil)
                size.synapses += count
                size.segments += 1
                size.largest = max(size.largest, count)
            }
        }
        return size
    }

    /// Puts twice as many delays into a segment.
    private func fold(_ layout: inout InputLayout, _ cells: UnsafeMutablePointer<UInt32>) {
        let before = layout.spans(longest: longest)
        layout.groupShift += 1
        let after = layout.spans(longest: longest)
        for list in 0..<lists {
            for span in 0..<after {
                let from = list * before + 2 * span
                cells[list * after + span] = cells[from] + (2 * span + 1 < before ? cells[from + 1] : 0)
            }
        }
    }

    /// Writes row starts and segment headers, and turns counts into write positions.
    private func place(
        _ layout: InputLayout, _ cells: UnsafeMutablePointer<UInt32>, _ index: UnsafeMutablePointer<RowEntry>,
        _ words: UnsafeMutablePointer<UInt32>
    ) {
        var at = 0
        let spans = layout.spans(longest: longest)
        for (number, block) in blocks.enumerated() {
            let types = self.types(of: block.population)
            let packed = packedWeights[block.population]
            var first = firstList[number] * spans
            for row in firstRow[number]..<(firstRow[number] + block.rows) {
                (index + row).initialize(to: RowEntry(start: UInt32(at)))
                var last: Int?
                // By delay first: a row is delivered in that order.
                for span in 0..<spans {
                    for (place, type) in types.enumerated() {
                        let cell = first + place * spans + span
                        let count = Int(cells[cell])
                        guard count > 0 else { continue }
                        let header = SegmentHeader(
                            delay: (span / layout.windows) << layout.groupShift, type: type,
                            window: span % layout.windows, count: count, packed: packed[type], isLast: false)
                        words[at] = header.first
                        words[at + 1] = header.second
                        if last == nil { index[row].delay = UInt32(header.delay) }
                        last = at
                        at += 2
                        cells[cell] = UInt32(at)
                        at += segmentWords(count, packed: packed[type] != nil)
                    }
                }
                if let last { words[last + 1] |= SegmentHeader.last }
                first += types.count * spans
            }
        }
        (index + rowCount).initialize(to: RowEntry(start: UInt32(at)))
    }

    /// The synapse types that a population's spikes go to, in the order of their counters.
    private func types(of population: Int) -> [Int] {
        typeSlots[population].indices.filter { typeSlots[population][$0] >= 0 }
            .sorted { typeSlots[population][$0] < typeSlots[population][$1] }
    }

    /// Visits (first counter, row, type, packed weight, counters) of every row and type.
    private func forEachList(_ layout: InputLayout, _ body: (Int, Int, Int, UInt16?, Int) -> Void) {
        let spans = layout.spans(longest: longest)
        for (number, block) in blocks.enumerated() {
            let types = self.types(of: block.population)
            var first = firstList[number] * spans
            for row in firstRow[number]..<(firstRow[number] + block.rows) {
                for type in types {
                    body(first, row, type, packedWeights[block.population][type], spans)
                    first += spans
                }
            }
        }
    }

    // MARK: - Passes

    private func pass(
        _ layout: InputLayout, cells: UnsafeMutablePointer<UInt32>, words: UnsafeMutablePointer<UInt32>?,
        _ onto: SynapseCounts?, _ largest: LargestWeight? = nil, progress: (Double) -> Void
    ) {
        let counters = lists * layout.spans(longest: longest)
        // Packed segments are written by half-words: how many of a segment are there already.
        var halves: UnsafeMutablePointer<UInt32>?
        if words != nil && packedWeights.contains(where: { $0.contains { $0 != nil } }) {
            halves = .allocate(capacity: max(counters, 1))
            halves?.initialize(repeating: 0, count: max(counters, 1))
        }
        defer { halves?.deallocate() }
        for (index, projection) in network.projections.enumerated() {
            let local = targets.filter { $0.population == projection.post }
            if !local.isEmpty && projection.synapse.isFixed {
                one(projection, index, local, layout, cells, words, halves, onto, largest)
            }
            progress(Double(index + 1) / Double(network.projections.count))
        }
    }

    private func one(
        _ projection: Projection, _ index: Int, _ local: [TargetCore], _ layout: InputLayout,
        _ cells: UnsafeMutablePointer<UInt32>, _ words: UnsafeMutablePointer<UInt32>?,
        _ halves: UnsafeMutablePointer<UInt32>?, _ onto: SynapseCounts?, _ largest: LargestWeight?
    ) {
        let preSize = network.populations[projection.pre].size
        let type = rules.synapseType(projection)
        let spans = layout.spans(longest: longest)
        let kinds = usedTypes[projection.pre] * spans
        let typeCell = typeSlots[projection.pre][type] * spans
        let isPacked = packedWeights[projection.pre][type] != nil
        let slots = local.first?.delaySlots ?? 0
        let stageSteps =
            blocks.first { $0.population == projection.pre && $0.stages > 0 }.map(\.stageSteps) ?? max(slots, 1)
        let numbers = local.map { target in targets.firstIndex { $0.core == target.core } ?? 0 }
        let reach = ProjectionReach(
            preSize: preSize, population: projection.pre, longestDelay: rules.delayBounds(index).upperBound,
            slots: slots, stageSteps: stageSteps, targets: numbers, blocks: blocks,
            cellOfRow: { block, row in firstList[block] * spans + row * kinds + typeCell })
        let generator = rules.generator(index, network: network)
        let bases = layout.bases(longest: longest)
        bases.withUnsafeBufferPointer { bases in
            guard let bases = bases.baseAddress else { return }
            generator.generate(local) { target, batch in
                let base = reach.tables.table(target)
                reach.delays.apply(batch)
                if let words {
                    if isPacked, let halves {
                        Self.writePacked(batch, base, cells, halves, words, bases)
                    } else {
                        Self.write(batch, base, cells, words, bases)
                        largest?.note(batch)
                    }
                } else {
                    let reached = Self.count(batch, base, cells, bases)
                    onto?.counts[projection.pre][numbers[target]] += reached
                }
            }
        }
    }

    @inline(never)
    private static func count(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ bases: UnsafePointer<UInt64>
    ) -> Int {
        var reached = 0
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = bases[Int(batch.delay[i])] &+ UInt64(batch.neuron[i])
            cells[Int(first) &+ Int(truncatingIfNeeded: entry &>> 16)] &+= 1
            reached &+= 1
        }
        return reached
    }

    @inline(never)
    private static func write(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ words: UnsafeMutablePointer<UInt32>, _ bases: UnsafePointer<UInt64>
    ) {
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = bases[Int(batch.delay[i])] &+ UInt64(batch.neuron[i])
            let cell = Int(first) &+ Int(truncatingIfNeeded: entry &>> 16)
            let at = cells[cell]
            cells[cell] = at &+ 1
            words[Int(at)] = UInt32(batch.weight[i]) &<< 16 | UInt32(truncatingIfNeeded: entry & 0xFFFF)
        }
    }

    @inline(never)
    private static func writePacked(
        _ batch: SynapseBatch, _ base: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>,
        _ halves: UnsafeMutablePointer<UInt32>, _ words: UnsafeMutablePointer<UInt32>, _ bases: UnsafePointer<UInt64>
    ) {
        for i in 0..<batch.count {
            let first = base[Int(batch.pre[i])]
            if first == unreached { continue }
            let entry = bases[Int(batch.delay[i])] &+ UInt64(batch.neuron[i])
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

/// The largest weight written.
private final class LargestWeight {
    private(set) var weight: UInt16

    init(_ weight: UInt16) { self.weight = weight }

    func note(_ batch: SynapseBatch) {
        for i in 0..<batch.count { weight = max(weight, batch.weight[i]) }
    }
}
