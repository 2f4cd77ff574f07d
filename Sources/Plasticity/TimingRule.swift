/// When spikes change a weight: what they leave as traces, and by what amount a pair of them counts.
///
/// A rule is a value of tables and constants. Its functions are inlined into ``PairwiseLearning``'s loop, once for
/// every weight rule it is combined with.
///
/// - Source: Documentation/Chip.md, "Timing rules".
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

    /// What arrives at receptors of the target that teach matters.
    static var isTaught: Bool { get }

    /// The traces of what arrives at receptors of the target neuron that teach, after the entry before.
    ///
    /// - Parameter amount: s4.11; negative from a critic.
    func signalTraces(_ amount: Int32, at time: UInt32, last: TracedSpike) -> Traces

    /// Spikes of targets matter; without, no history is kept.
    static var usesHistory: Bool { get }

    /// A source's spike acts on a synapse even when its target has not spiked yet.
    static var actsAlone: Bool { get }

    /// What a source's spike delivers of a stored weight.
    ///
    /// - Parameter traces: Of the source, after the spike.
    func delivered(_ weight: UInt16, _ traces: Traces) -> UInt16

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

extension TimingRule {
    public static var isTaught: Bool { false }
    public func signalTraces(_ amount: Int32, at time: UInt32, last: TracedSpike) -> Traces { Traces() }
    public static var usesHistory: Bool { true }
    public static var actsAlone: Bool { false }
    @inline(__always)
    public func delivered(_ weight: UInt16, _ traces: Traces) -> UInt16 { weight }
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

/// What is stored of a plastic synapse: plain words, all 0 before the first spike but for the weight, which is the
/// first.
public protocol PlasticSynapse: BitwiseCopyable, Sendable {
    /// In ring-buffer units.
    var weight: UInt16 { get set }

    /// The weight, s16.15, `leftShift` bits of which are below a ring-buffer unit.
    func loaded(_ leftShift: UInt32) -> Int32

    /// Stores a weight.
    mutating func store(_ weight: Int32, _ leftShift: UInt32)
}

extension PlasticSynapse {
    @inlinable @inline(__always)
    public func loaded(_ leftShift: UInt32) -> Int32 { Int32(bitPattern: UInt32(weight) &<< leftShift) }

    /// What the shift cuts off is lost, as on the chip.
    @inlinable @inline(__always)
    public mutating func store(_ weight: Int32, _ leftShift: UInt32) {
        self.weight = UInt16(truncatingIfNeeded: weight &>> Int32(bitPattern: leftShift))
    }
}

/// A synapse that keeps of its weight what is below a ring-buffer unit, for rules beyond the chip's.
public protocol FineSynapse: PlasticSynapse {
    /// Parts of a unit, the highest bit a half.
    var fraction: UInt16 { get set }
}

extension FineSynapse {
    @inlinable @inline(__always)
    public func loaded(_ leftShift: UInt32) -> Int32 {
        Int32(truncatingIfNeeded: ((UInt64(weight) &<< 16 | UInt64(fraction)) &<< UInt64(leftShift)) &>> 16)
    }

    /// Cut at both ends of what has room.
    @inlinable @inline(__always)
    public mutating func store(_ weight: Int32, _ leftShift: UInt32) {
        let most: Int64 = 0xFFFF_FFFF
        let word = UInt32(truncatingIfNeeded: max(0, min((Int64(weight) &<< 16) &>> Int64(leftShift), most)))
        self.weight = UInt16(truncatingIfNeeded: word &>> 16)
        fraction = UInt16(truncatingIfNeeded: word)
    }
}

/// A weight to fractions of a ring-buffer unit.
@frozen
public struct FineWeight: FineSynapse {
    public var weight: UInt16
    public var fraction: UInt16
}

/// A weight and nothing else.
@frozen
public struct WeightOnly: PlasticSynapse {
    public var weight: UInt16

    @inlinable @inline(__always)
    public init(weight: UInt16) { self.weight = weight }
}
