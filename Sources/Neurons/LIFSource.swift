import FixedPoint

/// The constants of a group of IF_curr_exp neurons, in one of three forms with the same results.
@frozen
public enum LIFGroup {
    /// All neurons alike: every constant stays in a register.
    case uniform(LIFConstants)
    /// Alike but for the constant current: `iOffset` is `[count]` accums and replaces the shared one.
    case offsets(LIFConstants, iOffset: UnsafePointer<Int32>)
    /// Every constant per neuron.
    case perNeuron(LIFColumns)
}

/// The constants of neurons that differ, one column per constant.
@frozen
public struct LIFColumns {
    /// Number of columns.
    public static let count = 11

    /// `[LIFColumns.count * stride]` words, column-major.
    public let base: UnsafeMutablePointer<Int32>
    /// Words from a column to the next; at least the number of neurons.
    public let stride: Int

    /// Views memory of `LIFColumns.count * stride` words, which the caller owns.
    public init(base: UnsafeMutablePointer<Int32>, stride: Int) {
        self.base = base
        self.stride = stride
    }

    /// The columns from neuron `start` on.
    public func advanced(by start: Int) -> LIFColumns { LIFColumns(base: base + start, stride: stride) }

    /// Writes one neuron's constants.
    public func store(_ constants: LIFConstants, at index: Int) {
        let fields = [
            constants.vRest, constants.vReset, constants.vThreshold, constants.resistance, constants.membraneDecay,
            constants.iOffset, constants.refractorySteps, Int32(bitPattern: constants.excitatoryDecay),
            Int32(bitPattern: constants.excitatoryInit), Int32(bitPattern: constants.inhibitoryDecay),
            Int32(bitPattern: constants.inhibitoryInit),
        ]
        for (column, word) in fields.enumerated() { base[column * stride + index] = word }
    }
}

/// Where a kernel finds a neuron's constants; dispatched statically so that each form compiles to its own loop.
protocol LIFSource {
    func constants(at index: Int) -> LIFConstants
}

struct UniformLIF: LIFSource {
    let shared: LIFConstants

    @inline(__always)
    func constants(at index: Int) -> LIFConstants { shared }
}

struct OffsetLIF: LIFSource {
    let shared: LIFConstants
    let iOffset: UnsafePointer<Int32>

    @inline(__always)
    func constants(at index: Int) -> LIFConstants {
        var constants = shared
        constants.iOffset = iOffset[index]
        return constants
    }
}

struct PerNeuronLIF: LIFSource {
    let columns: LIFColumns

    @inline(__always)
    private func word(_ column: Int, _ index: Int) -> Int32 { columns.base[column &* columns.stride &+ index] }

    @inline(__always)
    func constants(at index: Int) -> LIFConstants {
        LIFConstants(
            vRest: word(0, index), vReset: word(1, index), vThreshold: word(2, index), resistance: word(3, index),
            membraneDecay: word(4, index), iOffset: word(5, index), refractorySteps: word(6, index),
            excitatoryDecay: UInt32(bitPattern: word(7, index)), excitatoryInit: UInt32(bitPattern: word(8, index)),
            inhibitoryDecay: UInt32(bitPattern: word(9, index)), inhibitoryInit: UInt32(bitPattern: word(10, index)))
    }
}

extension LIFConstants {
    /// Constants that were derived elsewhere.
    @inline(__always)
    init(
        vRest: Int32, vReset: Int32, vThreshold: Int32, resistance: Int32, membraneDecay: Int32, iOffset: Int32,
        refractorySteps: Int32, excitatoryDecay: UInt32, excitatoryInit: UInt32, inhibitoryDecay: UInt32,
        inhibitoryInit: UInt32
    ) {
        self.vRest = vRest
        self.vReset = vReset
        self.vThreshold = vThreshold
        self.resistance = resistance
        self.membraneDecay = membraneDecay
        self.iOffset = iOffset
        self.refractorySteps = refractorySteps
        self.excitatoryDecay = excitatoryDecay
        self.excitatoryInit = excitatoryInit
        self.inhibitoryDecay = inhibitoryDecay
        self.inhibitoryInit = inhibitoryInit
    }
}
