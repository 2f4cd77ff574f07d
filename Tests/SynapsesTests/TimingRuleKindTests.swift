import Plasticity
import Testing
import Topology

/// What the network knows of timing rules is what their kernels do.
@Suite struct TimingRuleKindTests {
    private static let kernels: [String: any TimingRule.Type] = [
        "SpikePair": SpikePair.self, "SpikeNearestPair": SpikeNearestPair.self,
        "PfisterSpikeTriplet": PfisterSpikeTriplet.self, "Vogels2011": Vogels2011.self, "Recurrent": Recurrent.self,
        "HebbianRate": HebbianRate.self, "ReSuMe": ReSuMe.self, "PSD": PSD.self, "EProp": EProp.self,
        "GraupnerBrunel": GraupnerBrunel.self,
    ]

    /// Two bytes a trace; the triplet rule's words are of four.
    @Test func historiesHaveRoomForTheTraces() throws {
        #expect(Self.kernels.keys.sorted() == TimingRuleKind.all.map(\.name).sorted())
        for kind in TimingRuleKind.all {
            let kernel = try #require(Self.kernels[kind.name])
            let bytes = kind.name == "PfisterSpikeTriplet" ? 4 : 2
            #expect(kind.historyBytes == bytes * kernel.postTraces, "\(kind.name)")
        }
    }

    @Test func receptorsAreThoseThereAre() {
        for kind in TimingRuleKind.all {
            #expect(kind.receptors.allSatisfy(LearningRules.receptors.contains), "\(kind.name)")
        }
        #expect(TimingRuleKind.named("EProp")?.receptors == ["teacher", "critic"])
        #expect(TimingRuleKind.named("Additive") == nil)
    }
}
