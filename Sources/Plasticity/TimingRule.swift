/// When spikes change a weight: what they leave as traces, and by what amount a pair of them counts.
///
/// A rule is a value of tables and constants. Its functions are inlined into ``PairwiseLearning``'s loop, once for
/// every weight rule it is combined with.
///
/// - Source: golden README §7, spinnaker-facts §5.3.
public protocol TimingRule: Sendable {
    /// What it hands to the weight rule: one amount in s4.11, or two.
    associatedtype Amount
    /// What a synapse stores: its weight, and whatever else the rule has to remember of it.
    associatedtype Synapse: PlasticSynapse

    init(_ parameters: PlasticityParameters)

    /// The rule's part of the chip's region, in its order.
    var words: [UInt32] { get }
    /// Its tables of decay by the names of their time constants.
    var tables: [String: DecayTable] { get }
    /// 16-bit traces that the chip keeps of a source neuron: its row begins with the time and these.
    static var preTraces: Int { get }
    /// 16-bit traces that the chip keeps of a target neuron's spike.
    static var postTraces: Int { get }

    /// The traces after a spike at `time`, the one before at `last` (0 if none).
    ///
    /// - Parameter draw: 32 random bits of this spike's own.
    func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces

    /// The traces of a target neuron's spike at `time`, after the one before (all 0 if none).
    ///
    /// - Parameter draw: 32 random bits of this spike's own.
    func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces

    /// Applies a target neuron's spike that arrives at the synapse after its source's spike `pre`.
    ///
    /// - Parameters:
    ///   - time: When it arrives: the back-propagation delay is in it.
    ///   - traces: Of that spike.
    ///   - pre: The source's last spike, with the traces it left.
    ///   - previousPost: Time of the target's spike before, without the delay; 0 if none.
    func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Amount

    /// Applies a source's spike.
    ///
    /// - Parameters:
    ///   - time: Of the spike.
    ///   - traces: After it.
    ///   - post: The target's last spike, the delay in its time.
    func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32, _ synapse: inout Synapse,
        _ rule: Rule
    ) where Rule.Amount == Amount
}

/// A spike with the traces it left.
@frozen
public struct TracedSpike: Sendable, Equatable {
    /// Step.
    public var time: UInt32
    public var traces: Traces

    @inlinable @inline(__always)
    public init(time: UInt32 = 0, _ traces: Traces = Traces()) {
        self.time = time
        self.traces = traces
    }
}

/// What is stored of a plastic synapse: plain words, all 0 before the first spike but for the weight, which is the first.
public protocol PlasticSynapse: BitwiseCopyable, Sendable {
    /// In ring-buffer units.
    var weight: UInt16 { get set }
}

/// A weight and nothing else.
@frozen
public struct WeightOnly: PlasticSynapse {
    public var weight: UInt16
}
