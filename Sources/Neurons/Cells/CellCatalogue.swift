/// A leaky cell with exponentially decaying currents.
public typealias IFCurrExp = Assembled<
    ExponentialSynapse, CurrentInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// A leaky cell with exponentially decaying conductances.
public typealias IFCondExp = Assembled<
    ExponentialSynapse, ConductanceInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// A leaky cell whose inputs are charges.
public typealias IFCurrDelta = Assembled<DeltaSynapse, DeltaInput, LeakyMembrane, StaticThreshold, NoAdditionalInput>
/// Izhikevich's cell with exponentially decaying currents.
public typealias Izhikevich = Assembled<
    ExponentialSynapse, CurrentInput, IzhikevichMembrane, IzhikevichThreshold, NoAdditionalInput
>
/// Izhikevich's cell with exponentially decaying conductances.
public typealias IzhikevichCond = Assembled<
    ExponentialSynapse, ConductanceInput, IzhikevichMembrane, IzhikevichThreshold, NoAdditionalInput
>

/// A leaky cell with alpha-shaped currents.
public typealias IFCurrAlpha = Assembled<
    AlphaSynapse, CurrentInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// A leaky cell with two excitatory and one inhibitory current.
public typealias IFCurrDualExp = Assembled<
    DualExponentialSynapse, CurrentInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// Izhikevich's cell with two excitatory conductances, which share a reversal potential, and an inhibitory one.
public typealias IzhikevichCondDual = Assembled<
    DualExponentialSynapse, ConductanceInput, IzhikevichMembrane, IzhikevichThreshold, NoAdditionalInput
>
/// The spiking elementary motion detector.
public typealias IFCurrExpSEMD = Assembled<
    MotionDetectorSynapse, CurrentInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// A leaky cell with exponentially decaying currents that adapts.
public typealias IFCurrExpCa2Adaptive = Assembled<
    ExponentialSynapse, CurrentInput, LeakyMembrane, StaticThreshold, CalciumAdaptation
>
/// A leaky cell whose inputs are charges and that adapts.
public typealias IFCurrDeltaCa2Adaptive = Assembled<
    DeltaSynapse, DeltaInput, LeakyMembrane, StaticThreshold, CalciumAdaptation
>
/// A leaky cell with exponentially decaying conductances and a stochastic threshold.
public typealias IFCondExpStoc = Assembled<
    ExponentialSynapse, ConductanceInput, LeakyMembrane, MaassThreshold, NoAdditionalInput
>
/// A leaky cell whose inputs are charges and that fires with a fixed probability above its threshold.
public typealias IFCurrDeltaFixedProb = Assembled<
    DeltaSynapse, DeltaInput, LeakyMembrane, FixedProbabilityThreshold, NoAdditionalInput
>
/// A cell without leak whose inputs last a step.
public typealias IFTruncDelta = Assembled<
    DeltaSynapse, CurrentInput, TruncatedMembrane, StaticThreshold, NoAdditionalInput
>

// MARK: - Beyond sPyNNaker

/// A leaky cell with alpha-shaped conductances.
public typealias IFCondAlpha = Assembled<
    AlphaFunctionSynapse, ConductanceInput, LeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// The cell of the FACETS hardware.
public typealias IFFacetsHardware1 = Assembled<
    ExponentialSynapse, ConductanceInput, FacetsMembrane, StaticThreshold, NoAdditionalInput
>
/// A cell without leak with exponentially decaying currents.
public typealias IFNonleakyCurrExp = Assembled<
    ExponentialSynapse, CurrentInput, NonLeakyMembrane, StaticThreshold, NoAdditionalInput
>
/// A leaky cell with conductances that adapt its rate and make it relatively refractory.
public typealias IFCondExpGsfaGrr = RealCell<ExponentialConductance, SpikeAdapting>
/// The adaptive exponential cell with exponentially decaying conductances.
public typealias EIFCondExp = RealCell<ExponentialConductance, AdaptiveExponential>
/// The adaptive exponential cell with alpha-shaped conductances.
public typealias EIFCondAlpha = RealCell<AlphaConductance, AdaptiveExponential>
/// Hodgkin's and Huxley's cell with exponentially decaying conductances.
public typealias HHCondExp = RealCell<ExponentialConductance, HodgkinHuxley>
/// FitzHugh's and Nagumo's cell with exponentially decaying currents.
public typealias FitzHughNagumoCurrExp = RealCell<ExponentialCurrent, FitzHughNagumo>
/// Hindmarsh's and Rose's cell with exponentially decaying currents.
public typealias HindmarshRoseCurrExp = RealCell<ExponentialCurrent, HindmarshRose>

/// The cell models by PyNN name.
public enum CellCatalogue {
    /// Every model.
    public static let all: [String: CellKind] = [
        "IF_curr_exp": CellKind(IFCurrExp.self),
        "IF_cond_exp": CellKind(IFCondExp.self),
        "IF_curr_delta": CellKind(IFCurrDelta.self),
        "IF_curr_alpha": CellKind(IFCurrAlpha.self),
        "IF_curr_dual_exp": CellKind(IFCurrDualExp.self),
        "IF_curr_exp_sEMD": CellKind(IFCurrExpSEMD.self),
        "Izhikevich": CellKind(Izhikevich.self),
        "Izhikevich_cond": CellKind(IzhikevichCond.self),
        "Izhikevich_cond_dual": CellKind(IzhikevichCondDual.self),
        "IFCurrExpCa2Adaptive": CellKind(IFCurrExpCa2Adaptive.self),
        "IFCurrDeltaCa2Adaptive": CellKind(IFCurrDeltaCa2Adaptive.self),
        "IFCondExpStoc": CellKind(IFCondExpStoc.self),
        "IFCurrDeltaFixedProb": CellKind(IFCurrDeltaFixedProb.self),
        "IFTruncDelta": CellKind(IFTruncDelta.self),
        "StocExp": CellKind(StocExp.self),
        "StocExpStable": CellKind(StocExpStable.self),
        "StocSigma": CellKind(StocSigma.self),
        "IF_cond_alpha": CellKind(IFCondAlpha.self),
        "IF_facets_hardware1": CellKind(IFFacetsHardware1.self),
        "IF_nonleaky_curr_exp": CellKind(IFNonleakyCurrExp.self),
        "IF_cond_exp_gsfa_grr": CellKind(IFCondExpGsfaGrr.self),
        "EIF_cond_exp_isfa_ista": CellKind(EIFCondExp.self),
        "EIF_cond_alpha_isfa_ista": CellKind(EIFCondAlpha.self),
        "HH_cond_exp": CellKind(HHCondExp.self),
        "FitzHughNagumo": CellKind(FitzHughNagumoCurrExp.self),
        "HindmarshRose": CellKind(HindmarshRoseCurrExp.self),
    ]
}
