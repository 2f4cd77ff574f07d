import FixedPoint

/// The values of one parameter over the neurons of a group.
public enum CellValues {
    /// All neurons alike.
    case same(Double)
    /// By position in the group, from 0.
    case each((Int) -> Double)
}

/// One neuron's parameters and initial values as the chip's initialisation sees them.
///
/// Values come in PyNN's names and units and are encoded as sPyNNaker's Python encodes them.
///
/// - Source: Documentation/Chip.md, "Encoding".
public final class CellParameters {
    /// The whole timestep, accum ms.
    public let timestep: Int32
    /// Timestep ÷ sub-steps, truncated, accum ms.
    public let step: Int32
    /// A sub-step in double precision, ms.
    public let milliseconds: Double
    private let parameter: (String) -> CellValues?
    private let initialValue: (String) -> CellValues?
    private let seed: (Int) -> KISS64
    /// What was found before, by name: parameters and initial values.
    private var parameters: [String: CellValues?] = [:]
    private var initialValues: [String: CellValues?] = [:]
    /// The neuron that is read.
    var index = 0
    /// Everything read since it was last set is alike for all neurons.
    var isUniform = true

    /// Parameters of a group.
    ///
    /// - Parameters:
    ///   - timestep: accum ms.
    ///   - subSteps: at least 1.
    ///   - milliseconds: the timestep in double precision; `nil`: that of the accum.
    ///   - parameter: the values of a PyNN parameter; `nil` reads as 0.
    ///   - initial: the initial values of a PyNN state variable; `nil` reads as the model's own default.
    ///   - seed: the generator of a neuron that has its own.
    public init(
        timestep: S1615, subSteps: Int, milliseconds: Double? = nil, parameter: @escaping (String) -> CellValues?,
        initial: @escaping (String) -> CellValues?, seed: @escaping (Int) -> KISS64
    ) {
        self.timestep = timestep.raw
        step = Accum.divide(timestep.raw, byInteger: UInt32(clamping: subSteps))
        self.milliseconds = (milliseconds ?? timestep.doubleValue) / Double(max(subSteps, 1))
        self.parameter = parameter
        initialValue = initial
        self.seed = seed
    }

    /// A parameter in PyNN's unit.
    public func value(_ name: String) -> Double { read(name, &parameters, parameter) ?? 0 }

    /// A parameter as an accum; out of range saturates.
    public func accum(_ name: String, default value: Int32 = 0) -> Int32 {
        read(name, &parameters, parameter).map { S1615(saturating: $0).raw } ?? value
    }

    /// A parameter as an unsigned u16.16, rounded half to even; out of range saturates.
    public func u1616(_ name: String) -> UInt32 {
        UInt32(clamping: Int64(max(min((value(name) * 65536).rounded(.toNearestOrEven), 0x1p32), 0)))
    }

    /// An initial value as an accum.
    public func initial(_ name: String, default value: Int32 = 0) -> Int32 {
        read(name, &initialValues, initialValue).map { S1615(saturating: $0).raw } ?? value
    }

    /// An initial value in PyNN's unit; 0 when there is none.
    public func initialValue(_ name: String) -> Double { read(name, &initialValues, initialValue) ?? 0 }

    /// An initial value as an integer.
    public func initialInteger(_ name: String) -> Int32 {
        read(name, &initialValues, initialValue).flatMap { Int32(exactly: $0.rounded()) } ?? 0
    }

    /// The generator of a neuron that has its own.
    public func generator() -> KISS64 {
        isUniform = false
        return seed(index)
    }

    private func read(
        _ name: String, _ known: inout [String: CellValues?], _ source: (String) -> CellValues?
    ) -> Double? {
        let values: CellValues?
        if let found = known[name] {
            values = found
        } else {
            values = source(name)
            known[name] = .some(values)
        }
        switch values {
        case nil: return nil
        case .same(let value): return value
        case .each(let function):
            isUniform = false
            return function(index)
        }
    }
}

extension S1615 {
    /// The nearest word; a value out of range gives the largest or the smallest.
    init(saturating value: Double) {
        self = S1615(rounding: value) ?? S1615(raw: value < 0 ? Int32.min : Int32.max)
    }
}
