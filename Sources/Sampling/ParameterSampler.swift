import FixedPoint
public import Topology

/// What a counter-based draw is for; part of the counter, so that no two uses ever share a number.
public enum DrawPurpose {
    public static let synapse: UInt32 = 1
    public static let synapseComplement: UInt32 = 2
    public static let split: UInt32 = 3
    public static let sourceSeed: UInt32 = 4
    public static let currentSeed: UInt32 = 5
    /// Spikes of ranks that are not there.
    public static let pretended: UInt32 = 6
    /// Seeds of the generators by which a population is rewired.
    public static let rewiringSeed: UInt32 = 7
    /// Attempts to rewire a population.
    public static let rewiring: UInt32 = 8
    /// Added to what a Poisson source draws for.
    public static let poisson: UInt32 = 1 << 31
    /// Added to the number of a neuron's draw in a step.
    public static let threshold: UInt32 = 0x2000_0000
    /// Added to 2⁸ times a current's number and the number of a neuron's draw in a step.
    public static let current: UInt32 = 0x3000_0000
    /// Added to a parameter's number.
    public static let parameter: UInt32 = 0x100
}

/// Draws a population's parameter values neuron by neuron, independent of where the neuron lives.
///
/// - Determinism: A value depends on (seed, population, parameter name, neuron) alone.
public struct ParameterSampler: Sendable {
    private let value: ParameterValue
    private let philox: Philox4x32
    private let population: UInt32
    private let purpose: UInt32

    /// - Parameter name: The parameter's or state variable's PyNN name.
    public init(_ value: ParameterValue, name: String, population: Int, seed: UInt64) {
        self.value = value
        philox = Philox4x32(key: seed)
        self.population = UInt32(truncatingIfNeeded: population)
        // FNV-1a over the name: the same in every run and build.
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        purpose = DrawPurpose.parameter &+ (hash & 0x00FF_FFFF)
    }

    /// True when all neurons have the same value.
    public var isConstant: Bool {
        if case .number = value { true } else { false }
    }

    /// The value of one neuron.
    public func callAsFunction(_ neuron: Int) -> Double {
        switch value {
        case .number(let number): return number
        case .list(let list): return list[neuron]
        case .distribution(let distribution):
            let block = philox.block(UInt32(truncatingIfNeeded: neuron), 0, population, purpose)
            return distribution.quantile(block.0)
        }
    }
}
