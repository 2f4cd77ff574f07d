import Results
import TestSupport
import Testing

/// Spikes do not depend on where things are, which keys they send, or how neurons are cut into cores.
@Suite(.timeLimit(.minutes(3))) struct MappingInvarianceTests {
    @Test func spikesDoNotDependOnKeysOrLimits() throws {
        let folder = try TemporaryFolder()
        let plain = try emulate(mixedNetwork, in: folder)
        #expect(plain.spikes > 500)
        let keyed =
            mixedNetwork
            .replacing(
                #""name": "E", "#, with: #""name": "E", "key": {"key": "0xABCD0000", "mask": "0xFFFF0000"}, "#
            )
            .replacing(#""name": "noise", "#, with: #""name": "noise", "key": {"key": 0}, "#)
        #expect(keyed != mixedNetwork)
        func machine(_ core: String) -> String {
            mixedNetwork.replacing(#""populations": ["#, with: #""machine": {"core": {\#(core)}}, "populations": ["#)
        }
        for topology in [
            keyed, machine(#""row_words": 24"#), machine(#""ring_buffer_bits": 9"#), machine(#""dtcm": 6000"#),
        ] {
            let other = try emulate(topology, ranks: 2, in: folder)
            // Events may differ: those that a delay extension would pass on after the end are not counted.
            #expect(other.spikeHash == plain.spikeHash)
        }
    }
}
