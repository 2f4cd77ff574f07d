import Mapping
import Neurons
internal import Snapshots

extension NeuronGroup {
    /// Writes what the neurons of a core, and current sources on it, have to remember between steps.
    func encode(core: Int, into writer: inout StateWriter) {
        cells.encode(core: core, into: &writer)
        currents?.encode(core: core, into: &writer)
    }

    /// Takes back what ``encode(core:into:)`` wrote.
    func restore(core: Int, from reader: inout StateReader) {
        cells.restore(core: core, from: &reader)
        currents?.restore(core: core, from: &reader)
    }
}
