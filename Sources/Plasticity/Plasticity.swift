/// How the synapses onto one population learn: rules behind plain functions, and the population's histories.
///
/// One object a population and rank; a call a row, not a synapse. Make one where the types of its rules are written
/// out, as ``PlasticityCatalogue`` does, so that the compiler specialises the loops.
public final class Plasticity {
    public let histories: PostHistories
    /// The chip's region: the back-propagation flag, the timing rule's words, the weight rule's for each synapse type.
    public let regionWords: [UInt32]
    /// The constants of the weight rule, by synapse type.
    public let weightWords: [[UInt32]]
    /// The tables of decay by the names of their time constants.
    public let tables: [String: DecayTable]
    /// 16-bit traces of a source neuron, and of a target neuron's spike.
    public let traces: (pre: Int, post: Int)
    /// Bytes that a synapse occupies beside its control word; the weight is the first two.
    public let synapseBytes: Int
    private let store: TableStore?
    /// Which entries of the histories are dopamine's, where there is any.
    let markers: DopamineMarkers?
    /// Entries of the histories name places in the list of plastic projections.
    let namesProjections: Bool
    private let sourceSpiked: (PlasticRow, PlasticArrival, PlasticRing) -> Void
    private let targetsSpiked: (UnsafePointer<UInt32>, UnsafePointer<UInt32>, Int, UInt32) -> Void
    private let pendingWeight: (Int, PlasticRow, Int, ControlLayout, UInt32) -> UInt16
    private let modulated: (PlasticRow, ControlLayout, Modulation, UInt32) -> Void
    private let targetsTaught: (UnsafePointer<UInt32>, UnsafePointer<Int32>, Int, UInt32) -> Void

    /// A timing rule with a weight rule, deferred to the source's spikes.
    public convenience init<Timing: TimingRule, Weight: WeightRule>(
        _ timing: Timing.Type, _ weight: Weight.Type, _ parameters: PlasticityParameters, _ histories: PostHistories,
        _ draws: WindowDraws
    ) where Timing.Amount == Weight.Amount {
        let learning = PairwiseLearning<Timing, Weight>(parameters, histories, draws)
        self.init(learning, parameters, histories) { learning.sourceSpiked($0, $1, $2) }
    }

    /// A timing rule that is taken through many synapses at a time.
    public convenience init<Timing: TabledTimingRule, Weight: WeightRule>(
        _ timing: Timing.Type, _ weight: Weight.Type, _ parameters: PlasticityParameters, _ histories: PostHistories,
        _ draws: WindowDraws
    ) where Weight.Amount == Int32 {
        let learning = PairwiseLearning<Timing, Weight>(parameters, histories, draws)
        self.init(learning, parameters, histories) { learning.sourceSpikedInBlocks($0, $1, $2) }
    }

    private init<Timing: TimingRule, Weight: WeightRule>(
        _ learning: PairwiseLearning<Timing, Weight>, _ parameters: PlasticityParameters, _ histories: PostHistories,
        _ sourceSpiked: @escaping (PlasticRow, PlasticArrival, PlasticRing) -> Void
    ) {
        self.histories = histories
        self.sourceSpiked = sourceSpiked
        store = parameters.tables
        (markers, namesProjections) = (nil, false)
        weightWords = learning.weights.map(\.words)
        regionWords = [parameters.backpropDelay ? 1 : 0] + learning.timing.words + weightWords.flatMap { $0 }
        tables = learning.timing.tables
        traces = (Timing.preTraces, Timing.postTraces)
        synapseBytes = MemoryLayout<Timing.Synapse>.stride
        targetsSpiked = { neurons, numbers, count, time in learning.targetsSpiked(neurons, numbers, count, time) }
        pendingWeight = { learning.pendingWeight(of: $0, in: $1, type: $2, $3, at: $4) }
        modulated = { _, _, _, _ in }
        targetsTaught = { neurons, amounts, count, time in learning.targetsTaught(neurons, amounts, count, time) }
    }

    /// A timing rule with a weight rule on eligibilities that dopamine turns into weights.
    init<Timing: DecayingTimingRule, Weight: WeightRule>(
        _ timing: Timing.Type, _ weight: Weight.Type, _ parameters: PlasticityParameters,
        _ neuromodulation: NeuromodulationParameters, _ histories: PostHistories
    ) where Timing.Amount == Weight.Amount, Timing.Synapse == WeightOnly {
        let learning = NeuromodulatedLearning<Timing, Weight>(parameters, neuromodulation, histories)
        self.histories = histories
        store = parameters.tables
        (markers, namesProjections) = (learning.markers, false)
        weightWords = learning.weights.map(\.words)
        regionWords =
            [parameters.backpropDelay ? 1 : 0] + learning.timing.words + weightWords.flatMap { $0 } + learning.words
        tables = learning.tables
        traces = (Timing.preTraces, Timing.postTraces + 1)
        synapseBytes = MemoryLayout<EligibleSynapse>.stride
        sourceSpiked = { row, arrival, ring in learning.sourceSpiked(row, arrival, ring) }
        targetsSpiked = { neurons, _, count, time in learning.targetsSpiked(neurons, count, time) }
        pendingWeight = { learning.pendingWeight(of: $0, in: $1, type: $2, $3, at: $4) }
        modulated = { learning.modulated($0, $1, $2, at: $3) }
        targetsTaught = { _, _, _, _ in }
    }

    /// Weights that other projections change.
    init(_ changing: WeightChanging) {
        histories = changing.histories
        store = nil
        (markers, namesProjections) = (nil, true)
        (regionWords, weightWords, tables, traces) = ([], [], [:], (0, 0))
        synapseBytes = MemoryLayout<WeightOnly>.stride
        sourceSpiked = { row, arrival, ring in changing.sourceSpiked(row, arrival, ring) }
        targetsSpiked = { _, _, _, _ in }
        pendingWeight = { changing.pendingWeight(of: $0, in: $1, type: $2, $3, at: $4) }
        modulated = { changing.modulated($0, $1, $2, at: $3) }
        targetsTaught = { _, _, _, _ in }
    }

    /// Weights that stay.
    init(_ fixed: FixedWeights) {
        histories = fixed.histories
        store = nil
        (markers, namesProjections) = (nil, false)
        (regionWords, weightWords, tables, traces) = ([], [], [:], (0, 0))
        synapseBytes = MemoryLayout<WeightOnly>.stride
        sourceSpiked = { row, arrival, ring in fixed.sourceSpiked(row, arrival, ring) }
        targetsSpiked = { _, _, _, _ in }
        pendingWeight = { number, row, _, _, _ in row.synapseBytes.load(fromByteOffset: 2 * number, as: UInt16.self) }
        modulated = { _, _, _, _ in }
        targetsTaught = { _, _, _, _ in }
    }

    /// Notes that neurons spiked in step `time`.
    ///
    /// - Parameters:
    ///   - neurons: `[count]` indices among the population's neurons on this rank.
    ///   - numbers: `[count]` the same neurons' indices in the population.
    public func targetsSpiked(
        _ neurons: UnsafePointer<UInt32>, numbers: UnsafePointer<UInt32>, count: Int, at time: Int
    ) {
        targetsSpiked(neurons, numbers, count, UInt32(truncatingIfNeeded: time))
    }

    /// Notes that something arrived in step `time` that teaches neurons.
    ///
    /// - Parameters:
    ///   - neurons: `[count]` indices among the population's neurons on this rank.
    ///   - amounts: `[count]`, s4.11, not 0.
    public func targetsTaught(
        _ neurons: UnsafePointer<UInt32>, _ amounts: UnsafePointer<Int32>, count: Int, at time: Int
    ) {
        targetsTaught(neurons, amounts, count, UInt32(truncatingIfNeeded: time))
    }

    /// Takes a row through a spike of its source: the weights learn, and go to the ring buffers.
    ///
    /// - Parameters:
    ///   - row: Of this population's synapses, all of one type.
    ///   - arrival: When the spike was sent and what belongs to its projection.
    ///   - ring: Where the weights go.
    /// - Complexity: O(synapses + target spikes since the source's last).
    public func sourceSpiked(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        sourceSpiked(row, arrival, ring)
    }

    /// Takes in a spike of a source that changes dopamine or weights at its targets.
    ///
    /// - Parameters:
    ///   - row: Of this population's synapses; their weights are concentrations in s4.11, or changes.
    ///   - time: Step in which the spike was sent, not before those of earlier calls.
    public func modulated(_ row: PlasticRow, _ controls: ControlLayout, _ modulation: Modulation, at time: UInt32) {
        modulated(row, controls, modulation, time)
    }

    /// Writes the weight of a synapse; what else it stores stays, which is 0 before the first spike.
    public func setWeight(_ weight: UInt16, of synapse: Int, in row: PlasticRow) {
        row.synapseBytes.storeBytes(of: weight, toByteOffset: synapse * synapseBytes, as: UInt16.self)
    }

    /// The stored weight of a synapse.
    public func weight(of synapse: Int, in row: PlasticRow) -> UInt16 {
        row.synapseBytes.load(fromByteOffset: synapse * synapseBytes, as: UInt16.self)
    }

    /// The weight of a synapse as it would be with its target's spikes that have arrived since its source's last one,
    /// which the chip only applies when the source spikes again.
    ///
    /// - Parameters:
    ///   - type: Synapse type of the row's projection.
    ///   - time: Step that begins now: the spikes of all steps before it are noted.
    public func pendingWeight(
        of synapse: Int, in row: PlasticRow, type: Int, _ controls: ControlLayout, at time: UInt32
    ) -> UInt16 {
        pendingWeight(synapse, row, type, controls, time)
    }
}

/// A spike at a row.
@frozen
public struct PlasticArrival {
    /// Step in which it was sent.
    public var time: UInt32
    /// Steps since then: 0 where packets are never late.
    public var late: UInt32
    /// Synapse type of the row's projection.
    public var type: Int
    public var controls: ControlLayout
    /// Number of the projection, for its draws.
    public var projection: UInt32

    public init(time: UInt32, late: UInt32 = 0, type: Int, controls: ControlLayout, projection: UInt32) {
        self.time = time
        self.late = late
        self.type = type
        self.controls = controls
        self.projection = projection
    }
}

/// Where the weights of a row go.
@frozen
public struct PlasticRing {
    /// The slot of the step in which the spike was sent, at the population's first neuron; valid for all delays.
    public var slot: UnsafeMutablePointer<UInt16>
    /// Entries from a slot to the next.
    public var stride: Int
    /// Additions that were cut to 65535, by neuron of the population.
    public var saturated: UnsafeMutablePointer<UInt32>

    public init(slot: UnsafeMutablePointer<UInt16>, stride: Int, saturated: UnsafeMutablePointer<UInt32>) {
        self.slot = slot
        self.stride = stride
        self.saturated = saturated
    }

    /// Adds a weight to the input of a neuron `delay` steps after the spike.
    @inline(__always)
    func add(_ weight: UInt16, to neuron: Int, after delay: UInt32) {
        let entry = slot + (Int(delay) &* stride &+ neuron)
        var sum = UInt32(entry.pointee) &+ UInt32(weight)
        if sum > 0xFFFF {
            sum = 0xFFFF
            saturated[neuron] &+= 1
        }
        entry.pointee = UInt16(truncatingIfNeeded: sum)
    }
}
