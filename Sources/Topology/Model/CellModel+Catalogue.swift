import StrictJSON

// Every model of the grammar. Defaults are sPyNNaker's; those of models beyond it are PyNN's.
extension CellModel {
    /// Every model a topology file can name.
    public static let all: [CellModel] =
        integrateAndFire + izhikevich + stochastic + beyondSPyNNaker + [spikeSourceArray, spikeSourcePoisson]
        + otherSources

    /// The model of a name, if there is one.
    public static func named(_ name: String) -> CellModel? { byName[name] }

    private static let byName = [String: CellModel](all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// What sPyNNaker records of every neuron; the other state variables follow by name.
    private static let commonVariables = ["spikes", "v", "gsyn_exc", "gsyn_inh"]
    private static let membrane: [String: Double] = [
        "tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 0.1, "i_offset": 0,
    ]
    private static let state: [String: Double] = ["v": -65, "isyn_exc": 0, "isyn_inh": 0]
    private static let conductanceState: [String: Double] = ["v": -65, "gsyn_exc": 0, "gsyn_inh": 0]
    private static let threeReceptors = ["excitatory", "excitatory2", "inhibitory"]

    private static func neuron(
        _ name: String, _ parts: [String: Double]..., state: [String: Double],
        receptors: [String] = ["excitatory", "inhibitory"], conductance: Bool = false, subSteps: Bool = true,
        beyond: Bool = false, units: [String: String] = [:]
    ) -> CellModel {
        CellModel(
            name: name, defaults: parts.reduce(into: [:]) { $0.merge($1) { _, new in new } }, initialDefaults: state,
            receptors: receptors,
            recordable: commonVariables + [packetsPerTimestep]
                + state.keys.filter { !commonVariables.contains($0) }.sorted(),
            isConductanceBased: conductance, hasSubSteps: subSteps, isBeyondSPyNNaker: beyond, ownUnits: units)
    }

    private static func synapses(_ tauE: Double, _ tauI: Double) -> [String: Double] {
        ["tau_syn_E": tauE, "tau_syn_I": tauI]
    }

    private static func reversal(_ e: Double, _ i: Double) -> [String: Double] { ["e_rev_E": e, "e_rev_I": i] }

    private static func with(_ base: [String: Double], _ more: [String: Double]) -> [String: Double] {
        base.merging(more) { _, new in new }
    }

    /// The commonest model.
    public static let ifCurrExp = neuron("IF_curr_exp", membrane, synapses(5, 5), state: state)

    private static let integrateAndFire: [CellModel] = [
        ifCurrExp,
        neuron("IF_cond_exp", membrane, synapses(5, 5), reversal(0, -70), state: state, conductance: true),
        neuron(
            "IF_curr_alpha", membrane, synapses(0.5, 0.5),
            state: [
                "v": -65, "exc_response": 0, "exc_exp_response": 0, "inh_response": 0, "inh_exp_response": 0,
            ]),
        neuron("IF_curr_delta", membrane, state: state),
        neuron(
            "IF_curr_dual_exp", membrane, synapses(5, 5), ["tau_syn_E2": 5], state: with(state, ["isyn_exc2": 0]),
            receptors: threeReceptors),
        neuron(
            "IFCondExpStoc", membrane, synapses(5, 5), reversal(0, -70), ["du_th": 0.5, "tau_th": 20], state: state,
            conductance: true),
        neuron(
            "IFCurrExpCa2Adaptive", membrane, synapses(5, 5), ["tau_ca2": 50, "i_alpha": 0.1],
            state: with(state, ["i_ca2": 0])),
        neuron(
            "IFCurrDeltaCa2Adaptive", membrane, ["tau_ca2": 50, "i_alpha": 0.1], state: with(state, ["i_ca2": 0])),
        neuron(
            "IFCurrDeltaFixedProb", membrane,
            [
                "tau_m": 1e-4, "cm": 1e-4, "v_rest": 0, "v_reset": 0, "v_thresh": 1, "p_thresh": 1, "tau_refrac": 0,
            ], state: with(state, ["v": 0])),
        neuron(
            "IF_curr_exp_sEMD", membrane, synapses(5, 5), ["tau_syn_E2": 5, "scaling_factor": 1],
            state: with(state, ["isyn_exc2": 0, "multiplicator": 0, "exc2_old": 0]), receptors: threeReceptors),
        neuron(
            "IFTruncDelta", ["tau_m": 1, "cm": 1, "v_reset": 0, "v_thresh": 1, "tau_refrac": 1, "i_offset": 0],
            state: with(state, ["v": 0])),
    ]

    private static let izhikevich: [CellModel] = {
        let shape: [String: Double] = ["a": 0.02, "b": 0.2, "c": -65, "d": 2, "i_offset": 0]
        let start = with(state, ["v": -70, "u": -14])
        return [
            neuron("Izhikevich", shape, synapses(5, 5), state: start),
            neuron("Izhikevich_cond", shape, synapses(5, 5), reversal(0, -70), state: start, conductance: true),
            neuron(
                "Izhikevich_cond_dual", shape, synapses(5, 5), reversal(0, -70), ["tau_syn_E2": 5, "e_rev_E2": 0],
                state: with(start, ["isyn_exc2": 0]), receptors: threeReceptors, conductance: true),
        ]
    }()

    private static let stochastic: [CellModel] = [
        neuron("StocExp", ["tau": 10, "bias": 0], state: with(state, ["v": 0]), subSteps: false),
        neuron(
            "StocExpStable", ["v_reset": 0, "tau": 0.1, "tau_refrac": 1, "bias": 0], state: with(state, ["v": 0]),
            subSteps: false),
        neuron(
            "StocSigma", ["tau_refrac": 1, "alpha": 1, "bias": 0], state: with(state, ["v": 0]), subSteps: false),
    ]

    /// PyNN's models that sPyNNaker refuses, and others under the names that are in use for them.
    private static let beyondSPyNNaker: [CellModel] = {
        let adaptiveExponential: [String: Double] = [
            "cm": 0.281, "tau_refrac": 0.1, "v_spike": -40, "v_reset": -70.6, "v_rest": -70.6, "tau_m": 9.3667,
            "i_offset": 0, "a": 4, "b": 0.0805, "delta_T": 2, "tau_w": 144, "v_thresh": -50.4, "tau_syn_E": 5,
            "tau_syn_I": 5, "e_rev_E": 0, "e_rev_I": -80,
        ]
        let adaptiveState = with(conductanceState, ["v": -70.6, "w": 0])
        let withoutUnits = ["v", "gsyn_exc", "gsyn_inh", "isyn_exc", "isyn_inh", "w"].reduce(into: [:]) {
            $0[$1] = "dimensionless"
        }
        return [
            neuron(
                "IF_cond_alpha", membrane, synapses(0.3, 0.5), reversal(0, -70), state: conductanceState,
                conductance: true, beyond: true),
            neuron(
                "IF_cond_exp_gsfa_grr", membrane, synapses(5, 5), reversal(0, -70),
                ["tau_sfa": 100, "e_rev_sfa": -75, "q_sfa": 15, "tau_rr": 2, "e_rev_rr": -75, "q_rr": 3000],
                state: with(conductanceState, ["g_s": 0, "g_r": 0]), conductance: true, beyond: true,
                units: ["g_s": "nS", "g_r": "nS"]),
            neuron(
                "EIF_cond_exp_isfa_ista", adaptiveExponential, state: adaptiveState, conductance: true, beyond: true,
                units: ["w": "nA"]),
            neuron(
                "EIF_cond_alpha_isfa_ista", adaptiveExponential, state: adaptiveState, conductance: true, beyond: true,
                units: ["w": "nA"]),
            neuron(
                "HH_cond_exp",
                [
                    "gbar_Na": 20, "gbar_K": 6, "g_leak": 0.01, "cm": 0.2, "v_offset": -63, "e_rev_Na": 50,
                    "e_rev_K": -90, "e_rev_leak": -65, "i_offset": 0,
                ], synapses(0.2, 2), reversal(0, -80), state: with(conductanceState, ["m": 0, "h": 1, "n": 0]),
                conductance: true, beyond: true),
            neuron(
                "IF_facets_hardware1",
                ["g_leak": 40, "v_reset": -80, "e_rev_I": -80, "v_rest": -65, "v_thresh": -55],
                synapses(30, 30), state: conductanceState, conductance: true, beyond: true),
            neuron(
                "IF_nonleaky_curr_exp",
                ["cm": 1, "v_reset": -65, "v_thresh": -50, "tau_refrac": 0.1, "i_offset": 0], synapses(5, 5),
                state: state, beyond: true),
            neuron(
                "FitzHughNagumo", ["a": 0.7, "b": 0.8, "phi": 0.08, "v_thresh": 1, "i_offset": 0], synapses(5, 5),
                state: ["v": -1.2, "w": -0.625, "isyn_exc": 0, "isyn_inh": 0], beyond: true, units: withoutUnits),
            neuron(
                "HindmarshRose",
                [
                    "a": 1, "b": 3, "c": 1, "d": 5, "r": 0.001, "s": 4, "x1": -1.6, "v_thresh": 1, "i_offset": 0,
                ], synapses(5, 5), state: ["v": -1.6, "y": -11.8, "z": 0, "isyn_exc": 0, "isyn_inh": 0], beyond: true,
                units: withoutUnits),
        ]
    }()

    private static let otherSources: [CellModel] = [
        CellModel(
            name: "SpikeSourcePoissonVariable", kind: .spikeSourcePoisson, receptors: [],
            otherParameters: ["rates", "starts", "durations"]),
        CellModel(
            name: "SpikeSourceFromFile", kind: .spikeSourceArray, receptors: [],
            otherParameters: ["spike_times", "population"]),
        CellModel(
            name: "SpikeInjector", kind: .spikeSourceArray, receptors: [],
            otherParameters: ["port", "virtual_key"]),
    ]

    /// What values a parameter may have.
    static func range(ofParameter name: String) -> ValueRange {
        switch name {
        case "tau_m", "cm", "tau_syn_E", "tau_syn_E2", "tau_syn_I", "tau_ca2", "tau_th", "tau", "du_th", "tau_w",
            "tau_sfa", "tau_rr", "delta_T":
            .divisor
        case "tau_refrac", "g_leak", "gbar_Na", "gbar_K", "q_sfa", "q_rr": .nonNegative
        case "p_thresh": .probability
        case "rate": .rate
        case "start", "duration": .time
        default: .fixedPoint
        }
    }
}
