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

/// The cell models by PyNN name.
public enum CellCatalogue {
    /// Every model.
    public static let all: [String: CellKind] = [
        "IF_curr_exp": CellKind(IFCurrExp.self),
        "IF_cond_exp": CellKind(IFCondExp.self),
        "IF_curr_delta": CellKind(IFCurrDelta.self),
        "Izhikevich": CellKind(Izhikevich.self),
        "Izhikevich_cond": CellKind(IzhikevichCond.self),
    ]
}
