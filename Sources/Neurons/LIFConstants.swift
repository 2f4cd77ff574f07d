import FixedPoint

/// The parameters of one IF_curr_exp neuron as sPyNNaker's Python writes them, before the chip derives anything.
///
/// Encode values in PyNN's units with ``FixedPoint/S1615/init(rounding:)``.
///
/// - Source: golden README §4, `raw_params` of the vectors.
public struct LIFParameters: Sendable, Hashable {
    /// Membrane time constant `tau_m`, ms.
    public var tauMembrane: S1615
    /// Membrane capacitance `cm`, nF.
    public var capacitance: S1615
    /// Resting potential `v_rest`, mV.
    public var vRest: S1615
    /// Potential after a spike `v_reset`, mV.
    public var vReset: S1615
    /// Threshold `v_thresh`, mV.
    public var vThreshold: S1615
    /// Refractory period `tau_refrac`, ms.
    public var refractoryPeriod: S1615
    /// Constant current `i_offset`, nA.
    public var iOffset: S1615
    /// Excitatory synaptic time constant `tau_syn_E`, ms.
    public var tauExcitatory: S1615
    /// Inhibitory synaptic time constant `tau_syn_I`, ms.
    public var tauInhibitory: S1615

    /// Parameters as raw accums in PyNN's units.
    public init(
        tauMembrane: S1615, capacitance: S1615, vRest: S1615, vReset: S1615, vThreshold: S1615,
        refractoryPeriod: S1615, iOffset: S1615, tauExcitatory: S1615, tauInhibitory: S1615
    ) {
        self.tauMembrane = tauMembrane
        self.capacitance = capacitance
        self.vRest = vRest
        self.vReset = vReset
        self.vThreshold = vThreshold
        self.refractoryPeriod = refractoryPeriod
        self.iOffset = iOffset
        self.tauExcitatory = tauExcitatory
        self.tauInhibitory = tauInhibitory
    }
}

/// What the chip derives from an IF_curr_exp neuron's parameters at initialisation: constant during a run.
///
/// All fields are raw words: accums in `Int32`, u0.32 in `UInt32`.
@frozen
public struct LIFConstants: Sendable, Hashable {
    /// Resting potential, accum mV.
    public var vRest: Int32
    /// Potential after a spike, accum mV.
    public var vReset: Int32
    /// Threshold, accum mV.
    public var vThreshold: Int32
    /// Membrane resistance tau_m ÷ cm, accum MΩ.
    public var resistance: Int32
    /// e^(−ts ÷ tau_m), accum.
    public var membraneDecay: Int32
    /// Constant current, accum nA.
    public var iOffset: Int32
    /// Updates skipped after a spike, an integer.
    public var refractorySteps: Int32
    /// Decay of the excitatory input per (sub-)step, u0.32.
    public var excitatoryDecay: UInt32
    /// Factor on an arriving excitatory weight, u0.32.
    public var excitatoryInit: UInt32
    /// Decay of the inhibitory input per (sub-)step, u0.32.
    public var inhibitoryDecay: UInt32
    /// Factor on an arriving inhibitory weight, u0.32.
    public var inhibitoryInit: UInt32

    /// Derives the constants as the chip does.
    ///
    /// With ts = timestep ÷ sub-steps truncated: R = tau_m ÷ cm; e^−(ts ÷ tau_m) from the truncated quotient; the
    /// refractory period ÷ ts rounded up from the truncated quotient.
    ///
    /// - Parameters:
    ///   - parameters: as written by Python.
    ///   - timestep: step, accum ms.
    ///   - subSteps: `n_steps_per_timestep`, at least 1.
    /// - Source: golden README §4.2.
    public init(_ parameters: LIFParameters, timestep: S1615, subSteps: UInt32 = 1) {
        let ts = Accum.divide(timestep.raw, byInteger: subSteps)
        vRest = parameters.vRest.raw
        vReset = parameters.vReset.raw
        vThreshold = parameters.vThreshold.raw
        resistance = Accum.divide(parameters.tauMembrane.raw, parameters.capacitance.raw)
        membraneDecay = Exponential.expk(0 &- Accum.divide(ts, parameters.tauMembrane.raw))
        iOffset = parameters.iOffset.raw
        refractorySteps = Accum.roundedUp(Accum.divide(parameters.refractoryPeriod.raw, ts))
        let excitatory = ExponentialDecay(timeConstant: parameters.tauExcitatory.raw, step: ts)
        excitatoryDecay = excitatory.decay
        excitatoryInit = excitatory.initial
        let inhibitory = ExponentialDecay(timeConstant: parameters.tauInhibitory.raw, step: ts)
        inhibitoryDecay = inhibitory.decay
        inhibitoryInit = inhibitory.initial
    }
}
