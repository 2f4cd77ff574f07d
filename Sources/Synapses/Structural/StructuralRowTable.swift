// A projection whose synapses come and go has a row for every source neuron and target core, as on the chip: room for
// as many synapses as can ever be there, of which the first are in use. A new synapse is put at the end, and the last
// one takes the place of one that goes. The rows of a source onto all cores of a rank stand side by side.
//
// Beside the rows each target neuron has a table of slots, one for each synapse it can have, with the source that fills
// it. An attempt to rewire takes a neuron and one of its slots. If that is full, its synapse is eliminated with a
// probability; if it is empty, a source is chosen and joined with a probability. Attempts know nothing of the network
// but this table, the row in question and, for some, which spikes came lately.
//
// When does what is changed act? All attempts of step t come before the spikes that are sent in step t, and after those
// of all earlier steps, whether steps are exchanged one by one or several at once: a spike sent in step t finds the
// rows as the attempts of step t have left them, and delivers them at once to the steps in which they act.

import Glibc
public import Plasticity
import Topology

/// The synapses of a rank that come and go.
///
/// - Determinism: Which attempts are made, and what becomes of them, depends on the network alone; cores have their own
///   rows, slots and draws, so that a rank's others do not matter.
/// - Source: Documentation/Chip.md, "Structural plasticity"; sPyNNaker's integration tests
///   `test_struct_pl` and `test_clear_data`.
public final class StructuralRowTable {
    /// What a row needs to know of its projection.
    struct Projection {
        /// Number of the projection in the network.
        var index: Int
        /// Synapse type.
        var type: Int
        /// The target population's place in ``populations``.
        var population: Int
        /// Source population's number and size.
        var pre: Int
        var preSize: Int
        /// Stored weight of a new synapse.
        var weight: UInt16
        /// Steps: the shortest delay of a new synapse, and how many others there are to draw from, or 0.
        var delay: Int
        var delays: Int
        var formation: FormationTable
        /// Stored weights below are depressed.
        var threshold: UInt32
        /// In parts of 2³² − 1.
        var depressedProbability: UInt32
        var potentiatedProbability: UInt32
        /// Words of a row, and where the first row begins.
        var rowWords = 0
        var firstWord = 0
    }

    /// A target population on this rank.
    final class Population {
        /// Number of the population in the network.
        let index: Int
        let size: Int
        /// Index of its first neuron among the rank's.
        let first: Int
        /// Its cores on this rank, ascending; neurons are counted from the first of these.
        let cores: [Core]
        let plasticity: Plasticity
        /// Rows without synapses still note their sources' spikes.
        let learns: Bool
        let mechanism: StructuralPlasticity
        let attempts: (inAStep: Int, every: Int)
        let recent: RecentSpikes?
        /// Places in ``projections`` of what can be chosen from, in the order of the network.
        var projections: [Int] = []
        var draws: RewiringDraws
        /// Where its slots begin.
        var firstSlot = 0

        /// Neurons on this rank.
        var neurons: Int { cores.reduce(0) { $0 + $1.slice.count } }

        init(
            index: Int, size: Int, first: Int, cores: [Core], plasticity: Plasticity, learns: Bool,
            mechanism: StructuralPlasticity, attempts: (inAStep: Int, every: Int), recent: RecentSpikes?,
            draws: RewiringDraws
        ) {
            self.index = index
            self.size = size
            self.first = first
            self.cores = cores
            self.plasticity = plasticity
            self.learns = learns
            self.mechanism = mechanism
            self.attempts = attempts
            self.recent = recent
            self.draws = draws
        }
    }

    /// A target core.
    struct Core {
        /// Place among the rank's target cores.
        var target: Int
        var slice: NeuronSlice
        /// Of its first neuron, among the population's on this rank.
        var first: Int
    }

    /// The source of a synapse, with its projection's place plus 1; 0: the slot is empty.
    struct Slot {
        var projection: UInt32 = 0
        var source: UInt32 = 0
    }

    let projections: [Projection]
    let populations: [Population]
    public let controls: ControlLayout
    let words: UnsafeMutablePointer<UInt32>
    let wordCount: Int
    let slots: UnsafeMutablePointer<Slot>
    let slotCount: Int
    /// What the attempts of the last step have changed, in their order.
    public private(set) var changes: [RewiringEvent] = []
    /// Attempts for a core's neurons that came to look at a row, by target core.
    public internal(set) var rewires: [Int]
    /// Synapses that spikes have passed, by target core.
    public internal(set) var events: [Int]

    /// Takes over `words` `[wordCount]` (from ``RowTable/allocateWords(_:)``) and `slots` `[slotCount]`.
    init(
        projections: [Projection], populations: [Population], controls: ControlLayout,
        words: UnsafeMutablePointer<UInt32>, wordCount: Int, slots: UnsafeMutablePointer<Slot>, slotCount: Int,
        targets: Int
    ) {
        self.projections = projections
        self.populations = populations
        self.controls = controls
        self.words = words
        self.wordCount = wordCount
        self.slots = slots
        self.slotCount = slotCount
        rewires = Array(repeating: 0, count: targets)
        events = Array(repeating: 0, count: targets)
    }

    deinit {
        munmap(words, RowTable.bytes(wordCount))
        slots.deallocate()
    }

    /// Bytes of memory that may be touched.
    public var memory: Int {
        wordCount * 4 + slotCount * MemoryLayout<Slot>.stride
            + populations.reduce(0) { $0 + $1.plasticity.histories.memory }
    }

    /// Synapses at the moment.
    ///
    /// - Complexity: O(rows).
    public var synapses: Int {
        var count = 0
        forEachRow { _, _, row in count += row.count }
        return count
    }

    /// Adds how many synapses each source population has onto each target core, `[populations][targets]`.
    ///
    /// - Parameters:
    ///   - fixed: Takes those that do not learn.
    ///   - plastic: Takes those that learn.
    /// - Complexity: O(rows).
    public func count(fixed: inout [[Int]], plastic: inout [[Int]]) {
        forEachRow { place, core, row in
            let population = populations[projections[place].population]
            let (pre, target) = (projections[place].pre, population.cores[core].target)
            if population.learns { plastic[pre][target] += row.count } else { fixed[pre][target] += row.count }
        }
    }

    /// How the synapses onto a population learn; `nil` if there are none that do.
    public func plasticity(of population: Int) -> Plasticity? {
        populations.first { $0.index == population && $0.learns }?.plasticity
    }

    // MARK: - Rows

    @inline(__always)
    func row(_ projection: Projection, source: Int, core: Int, cores: Int) -> PlasticRow {
        PlasticRow(words + (projection.firstWord &+ (source &* cores &+ core) &* projection.rowWords))
    }

    /// Calls `body` with the place of the projection, of the core, and each row.
    func forEachRow(_ body: (Int, Int, PlasticRow) -> Void) {
        for (place, projection) in projections.enumerated() {
            let cores = populations[projection.population].cores.count
            for source in 0..<projection.preSize {
                for core in 0..<cores {
                    body(place, core, row(projection, source: source, core: core, cores: cores))
                }
            }
        }
    }

    /// Calls `body` with every synapse, row by row.
    public func forEach(_ body: (PlasticSynapseState) -> Void) {
        forEachRow { place, _, row in
            let projection = projections[place]
            let population = populations[projection.population]
            for i in 0..<row.count {
                body(
                    PlasticSynapseState(
                        projection: projection.index, source: Int(row.source),
                        neuron: population.first + controls.neuron(row.controls[i]),
                        delay: Int(controls.delay(row.controls[i])), type: projection.type,
                        weight: population.plasticity.weight(of: i, in: row)))
            }
        }
    }

    /// The first synapse of a row onto a neuron.
    private func find(_ neuron: Int, in row: PlasticRow) -> Int? {
        for i in 0..<row.count where controls.neuron(row.controls[i]) == neuron { return i }
        return nil
    }

    /// Puts a synapse into a row.
    func add(
        _ weight: UInt16, delay: Int, to row: PlasticRow, onto neuron: Int, _ plasticity: Plasticity
    ) {
        let number = row.append(
            control: controls.word(
                neuron: UInt32(truncatingIfNeeded: neuron), delay: UInt32(truncatingIfNeeded: delay)),
            synapseBytes: plasticity.synapseBytes)
        plasticity.setWeight(weight, of: number, in: row)
    }

    // MARK: - Spikes

    /// The projections from a population onto cores that a source core's packets reach.
    ///
    /// - Parameter reached: Places among the rank's target cores.
    public func routes(from population: Int, to reached: [Int]) -> [StructuralRoute] {
        projections.enumerated().compactMap { place, projection in
            guard projection.pre == population else { return nil }
            let cores = populations[projection.population].cores.indices.filter {
                reached.contains(populations[projection.population].cores[$0].target)
            }
            return cores.isEmpty ? nil : StructuralRoute(projection: place, cores: cores)
        }
    }

    /// Takes the rows of a source through spikes sent in step `time`, after ``rewire(step:)`` of that step.
    ///
    /// - Parameters:
    ///   - source: By index in its population.
    ///   - saturated: `[stride]`, by neuron, counts additions that were cut at 65535.
    public func deliver(
        _ route: StructuralRoute, source: Int, spikes: UInt32, time: Int, into ringBuffers: RingBuffers,
        saturated: UnsafeMutablePointer<UInt32>
    ) {
        let projection = projections[route.projection]
        let population = populations[projection.population]
        let arrival = PlasticArrival(
            time: UInt32(truncatingIfNeeded: time), type: projection.type, controls: controls,
            projection: UInt32(truncatingIfNeeded: projection.index))
        let ring = PlasticRing(
            slot: ringBuffers.rings[projection.type] + (ringBuffers.offset(ofStep: time) + population.first),
            stride: ringBuffers.stride, saturated: saturated + population.first)
        for core in route.cores {
            let row = row(projection, source: source, core: core, cores: population.cores.count)
            guard row.count > 0 || population.learns else { continue }
            for _ in 0..<spikes { population.plasticity.sourceSpiked(row, arrival, ring) }
            events[population.cores[core].target] += row.count * Int(spikes)
        }
    }

    /// Who takes note at a core of which spikes come from a population; `nil`: nobody does.
    ///
    /// - Parameters:
    ///   - target: Place among the rank's target cores.
    ///   - pre: Number of the population; `nil` for a delay extension.
    public func listener(at target: Int, to pre: Int?) -> SpikeListener? {
        for (place, population) in populations.enumerated() where population.recent != nil {
            guard let core = population.cores.firstIndex(where: { $0.target == target }) else { continue }
            return SpikeListener(
                population: place, core: core,
                projection: population.projections.first { projections[$0].pre == pre })
        }
        return nil
    }

    /// Takes note of spikes that reach a core, sent in step `time`, for the attempts of later steps.
    public func note(_ listener: SpikeListener, source: Int, spikes: UInt32, time: Int) {
        populations[listener.population].recent?.note(
            core: listener.core, step: time, projection: listener.projection, source: source, spikes: Int(spikes))
    }

    // MARK: - Rewiring

    /// Makes the attempts of a step, after all spikes sent before it and before those sent in it.
    ///
    /// - Complexity: O(attempts + lengths of the rows of those that are this rank's).
    public func rewire(step: Int) {
        changes.removeAll(keepingCapacity: true)
        for population in populations where (step + 1) % population.attempts.every == 0 {
            for attempt in 0..<population.attempts.inAStep { tryOnce(population, step, attempt) }
        }
    }

    private func tryOnce(_ population: Population, _ step: Int, _ attempt: Int) {
        population.draws.begin(step: step, attempt: attempt)
        let target = population.draws.target(below: population.size)
        guard let core = population.cores.firstIndex(where: { $0.slice.contains(target) }),
            let place = population.cores[core].slice.place(of: target)
        else { return }
        let most = population.mechanism.mostSynapses
        let owner = population.cores[core]
        let neuron = owner.first + place
        let column = population.draws.number(below: most, core: core)
        let slot = slots + (population.firstSlot + neuron * most + column)
        let isFull = slot.pointee.projection != 0
        guard
            let (number, source) = isFull
                ? (Int(slot.pointee.projection) - 1, Int(slot.pointee.source)) : partner(population, core, step)
        else { return }
        rewires[owner.target] += 1
        let row = row(projections[number], source: source, core: core, cores: population.cores.count)
        if isFull {
            guard eliminates(population, core, number, neuron, row) else { return }
            slot.pointee = Slot()
        } else {
            guard forms(population, core, number, source, target, neuron, row) else { return }
            slot.pointee = Slot(
                projection: UInt32(truncatingIfNeeded: number + 1), source: UInt32(truncatingIfNeeded: source))
        }
        changes.append(
            RewiringEvent(
                step: step, projection: projections[number].index, source: source, target: target, isFormed: !isFull))
    }

    /// Which projection's source is tried; `nil`: nobody this time.
    private func partner(_ population: Population, _ core: Int, _ step: Int) -> (Int, Int)? {
        guard let recent = population.recent else {
            let choices = population.projections
            let number = choices[population.draws.number(below: choices.count, core: core)]
            return (number, population.draws.number(below: projections[number].preSize, core: core))
        }
        let count = recent.count(core: core, step: step)
        guard count > 0 else { return nil }
        return recent.spike(population.draws.number(below: count, core: core), core: core, step: step)
    }

    private func eliminates(
        _ population: Population, _ core: Int, _ number: Int, _ neuron: Int, _ row: PlasticRow
    ) -> Bool {
        guard let found = find(neuron, in: row) else { return false }
        let projection = projections[number]
        let word = population.draws.word(core: core)
        let isDepressed = UInt32(population.plasticity.weight(of: found, in: row)) < projection.threshold
        guard word <= (isDepressed ? projection.depressedProbability : projection.potentiatedProbability) else {
            return false
        }
        row.remove(found, synapseBytes: population.plasticity.synapseBytes)
        return true
    }

    private func forms(
        _ population: Population, _ core: Int, _ number: Int, _ source: Int, _ target: Int, _ neuron: Int,
        _ row: PlasticRow
    ) -> Bool {
        let (mechanism, projection) = (population.mechanism, projections[number])
        guard row.count < mechanism.mostSynapses else { return false }
        if !mechanism.withReplacement, find(neuron, in: row) != nil { return false }
        guard let probability = projection.formation.probability(source, target),
            population.draws.number(below: 65535, core: core) <= Int(probability)
        else { return false }
        // Drawn even where there is nothing to choose.
        let later = population.draws.number(below: projection.delays, core: core)
        add(
            projection.weight, delay: projection.delay + later, to: row, onto: neuron, population.plasticity)
        return true
    }
}

/// A synapse that has formed or gone.
public struct RewiringEvent: Sendable, Hashable {
    public var step: Int
    /// Number of the projection in the network.
    public var projection: Int
    /// Index of the source neuron in its population.
    public var source: Int
    /// Index of the target neuron in its population.
    public var target: Int
    /// It has formed.
    public var isFormed: Bool
}

/// A structural projection, and which of its target cores the packets of a source core reach.
public struct StructuralRoute: Sendable {
    /// Place in the table's projections.
    var projection: Int
    /// Places among the population's cores on this rank.
    var cores: [Int]
}

/// A core that takes note of the spikes of one population, or of a delay extension.
public struct SpikeListener: Sendable {
    /// Place in the table's populations.
    var population: Int
    /// Place among its cores on this rank.
    var core: Int
    /// Place of the structural projection that the spikes belong to; `nil`: none.
    var projection: Int?

    /// Every spike counts, not only those that have a synapse on the core.
    public var hearsAll: Bool { projection != nil }
}
