import FixedPoint

/// How far an amount moves a weight.
///
/// Weights are s16.15, a stored one shifted left as the ring buffer's input is.
///
/// A rule is a value: the constants of one synapse type.
///
/// - Source: Documentation/Chip.md, "Weight rules".
public protocol WeightRule: Sendable {
    /// What a timing rule hands over: one amount in s4.11, or two.
    associatedtype Amount

    init(_ parameters: PlasticityParameters)

    /// The constants of a synapse type as the chip's region holds them.
    var words: [UInt32] { get }

    /// The weight after depression.
    func depressed(_ weight: Int32, _ amount: Amount) -> Int32

    /// The weight after potentiation.
    func potentiated(_ weight: Int32, _ amount: Amount) -> Int32
}

extension WeightRule where Amount == Int32 {
    /// The weight moved by an amount times a factor, both s4.11: up where the product is positive, down where it is
    /// not.
    @inline(__always)
    func moved(_ weight: Int32, by amount: Int32, times factor: Int32) -> Int32 {
        let product = (Int64(amount) &* Int64(factor)) &>> 11
        let most = Int64(S411.largest)
        let bounded = Int32(truncatingIfNeeded: max(0 &- most, min(product, most)))
        return bounded >= 0 ? potentiated(weight, bounded) : depressed(weight, 0 &- bounded)
    }
}

/// What the rules of a population are made from.
public struct PlasticityParameters {
    /// Arguments of timing and weight rule by PyNN's names.
    public var arguments: [String: Double]
    /// ms.
    public var timestep: Double
    /// 1024 for conductances, otherwise 1.
    public var weightScale: Double
    /// Left shift of a stored weight by synapse type.
    public var leftShifts: [Int]
    /// Target spikes act on a synapse after its delay.
    public var backpropDelay: Bool
    /// Where the rule's tables are kept.
    public let tables: TableStore

    public init(
        arguments: [String: Double], timestep: Double, weightScale: Double, leftShifts: [Int], backpropDelay: Bool
    ) {
        self.arguments = arguments
        self.timestep = timestep
        self.weightScale = weightScale
        self.leftShifts = leftShifts
        self.backpropDelay = backpropDelay
        tables = TableStore(timestep: timestep)
    }

    /// An argument; 0 when it is absent.
    public func argument(_ name: String) -> Double { arguments[name] ?? 0 }

    /// Product of numbers as an accum; the nearest end of its range when it has no room.
    func accum(_ value: Double) -> Int32 {
        S1615(rounding: value)?.raw ?? (value > 0 ? Int32.max : value < 0 ? Int32.min : 0)
    }

    /// The first argument by name whose weight has no room in an accum.
    public var oversizedWeight: String? {
        ["w_min", "w_max"].first { S1615(rounding: argument($0) * weightScale) == nil }
    }
}
