/// The rules that can be combined, by PyNN's names: the place where a new one is entered.
public enum PlasticityCatalogue {
    /// Makes the plasticity of a population on a rank.
    ///
    /// - Returns: `nil` when the rules do not go together or are not known.
    public static func plasticity(
        timing: String, weight: String, _ parameters: PlasticityParameters, _ histories: PostHistories,
        _ draws: WindowDraws
    ) -> Plasticity? {
        switch (timing, weight) {
        case ("SpikePair", "Additive"): Plasticity(SpikePair.self, Additive.self, parameters, histories, draws)
        case ("SpikePair", "Multiplicative"):
            Plasticity(SpikePair.self, Multiplicative.self, parameters, histories, draws)
        case ("SpikeNearestPair", "Additive"):
            Plasticity(SpikeNearestPair.self, Additive.self, parameters, histories, draws)
        case ("SpikeNearestPair", "Multiplicative"):
            Plasticity(SpikeNearestPair.self, Multiplicative.self, parameters, histories, draws)
        case ("PfisterSpikeTriplet", "AdditiveTriplet"):
            Plasticity(PfisterSpikeTriplet.self, AdditiveTriplet.self, parameters, histories, draws)
        case ("Vogels2011", "Additive"): Plasticity(Vogels2011.self, Additive.self, parameters, histories, draws)
        case ("Vogels2011", "Multiplicative"):
            Plasticity(Vogels2011.self, Multiplicative.self, parameters, histories, draws)
        case ("Recurrent", "Additive"): Plasticity(Recurrent.self, Additive.self, parameters, histories, draws)
        case ("Recurrent", "Multiplicative"):
            Plasticity(Recurrent.self, Multiplicative.self, parameters, histories, draws)
        case ("HebbianRate", "Additive"): Plasticity(HebbianRate.self, Additive.self, parameters, histories, draws)
        case ("HebbianRate", "Multiplicative"):
            Plasticity(HebbianRate.self, Multiplicative.self, parameters, histories, draws)
        case ("ReSuMe", "Additive"): Plasticity(ReSuMe.self, Additive.self, parameters, histories, draws)
        case ("ReSuMe", "Multiplicative"): Plasticity(ReSuMe.self, Multiplicative.self, parameters, histories, draws)
        case ("PSD", "Additive"): Plasticity(PSD.self, Additive.self, parameters, histories, draws)
        case ("PSD", "Multiplicative"): Plasticity(PSD.self, Multiplicative.self, parameters, histories, draws)
        case ("EProp", "Additive"): Plasticity(EProp.self, Additive.self, parameters, histories, draws)
        case ("EProp", "Multiplicative"): Plasticity(EProp.self, Multiplicative.self, parameters, histories, draws)
        case ("GraupnerBrunel", "SoftBounds"):
            Plasticity(GraupnerBrunel.self, SoftBounds.self, parameters, histories, draws)
        case ("TsodyksMarkram", "Constant"):
            Plasticity(TsodyksMarkram.self, Constant.self, parameters, histories, draws)
        default: nil
        }
    }
}
