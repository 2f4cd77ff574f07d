import FixedPoint

/// Inputs in the form of alpha functions, w · (t ÷ τ) · e^(1 − t ÷ τ), which is what PyNN's `IF_cond_alpha` asks for;
/// ``AlphaSynapse`` is the chip's own.
///
/// With x the decaying sum of weights, an input g becomes (g + e · ts ÷ τ · x) · e^(−ts ÷ τ) a sub-step later. What
/// acts on the membrane is its mean over the sub-step, as with ``ExponentialSynapse``, so that no charge is lost where
/// τ is shorter than a step.
public enum AlphaFunctionSynapse: SynapsePart {
    /// Both inputs.
    @frozen
    public struct State: Words {
        public var excitatory = Response()
        public var inhibitory = Response()

        @inlinable
        public init() {}
    }

    /// One input, accums.
    @frozen
    public struct Response: Words {
        /// g.
        public var value: Int32 = 0
        /// x.
        public var rise: Int32 = 0

        @inlinable
        public init() {}
    }

    /// Both inputs' constants.
    @frozen
    public struct Constants: Words {
        public var excitatory = Rate()
        public var inhibitory = Rate()

        @inlinable
        public init() {}
    }

    /// The constants of one input.
    @frozen
    public struct Rate: Words {
        /// e^(−ts ÷ τ), u0.32.
        public var decay: UInt32 = 0
        /// e · ts ÷ τ, accum.
        public var slope: Int32 = 0
        /// Share of g in the mean, (τ ÷ ts)(1 − decay), u0.32.
        public var mean: UInt32 = 0
        /// Share of x in the mean, e (τ ÷ ts)(1 − decay) − e · decay, accum.
        public var meanRise: Int32 = 0

        @inlinable
        public init() {}

        init(timeConstant: Double, step: Double) {
            let steps = timeConstant / step
            let factor = Real.exp(-1 / steps)
            let share = steps * (1 - factor)
            decay = UInt32(max(min(factor * 0x1p32, 0xFFFF_FFFF), 0))
            slope = S1615(saturating: Real.exp(1) / steps).raw
            mean = UInt32(max(min(share * 0x1p32, 0xFFFF_FFFF), 0))
            meanRise = S1615(saturating: Real.exp(1) * (share - factor)).raw
        }

        @inlinable @inline(__always)
        func read(_ response: Response) -> Int32 {
            Accum.decay(response.value, by: mean) &+ Accum.multiply(response.rise, meanRise)
        }

        @inlinable @inline(__always)
        func shape(_ response: inout Response) {
            response.value = Accum.decay(response.value &+ Accum.multiply(response.rise, slope), by: decay)
            response.rise = Accum.decay(response.rise, by: decay)
        }
    }

    public static var stateNames: [String] { ["exc_value", "exc_rise", "inh_value", "inh_rise"] }
    public static var constantNames: [String] {
        ["exc_decay", "exc_slope", "exc_mean", "exc_mean_rise", "inh_decay", "inh_slope", "inh_mean", "inh_mean_rise"]
    }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.excitatory = Rate(timeConstant: p.value("tau_syn_E"), step: p.milliseconds)
        k.inhibitory = Rate(timeConstant: p.value("tau_syn_I"), step: p.milliseconds)
        return k
    }

    /// Conductances in µS, held 1024-fold like their weights.
    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory.value = S1615(saturating: 1024 * p.initialValue("gsyn_exc")).raw
        state.inhibitory.value = S1615(saturating: 1024 * p.initialValue("gsyn_inh")).raw
        return state
    }

    @inlinable
    public static var receptors: Int { 2 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        let input = Accum.input(entry, leftShift: leftShift)
        if type == 0 {
            state.excitatory.rise = state.excitatory.rise &+ input
        } else {
            state.inhibitory.rise = state.inhibitory.rise &+ input
        }
    }

    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: Constants) -> SynapticInputs {
        SynapticInputs(
            excitatory: k.excitatory.read(state.excitatory), inhibitory: k.inhibitory.read(state.inhibitory))
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: Constants) {
        k.excitatory.shape(&state.excitatory)
        k.inhibitory.shape(&state.inhibitory)
    }
}
