import Diagnostics
import Neurons
import Synapses
import Topology
import Transport

extension Session {
    /// State variables of some neurons as they are before the next step, on rank 0; entered by all.
    ///
    /// - Returns: `[variables, neurons]`, neurons ascending, in PyNN's units; what the input of a step changes as it
    ///   was left by the last step. Empty on other ranks.
    func state(of population: Int, _ variables: [String], _ selection: NeuronSelection) throws(Failure) -> [Double] {
        let size = network.populations[population].size
        let wanted = selection.indices(size: size)
        var placeOf = [Int32](repeating: -1, count: size)
        for (place, neuron) in wanted.enumerated() { placeOf[neuron] = Int32(place) }
        var places: [Int32] = []
        var values: [Double] = []
        for group in loaded.groups where group.population == population {
            var own: [Int] = []
            for core in group.cores {
                for (place, neuron) in core.slice.enumerated() where placeOf[neuron] >= 0 {
                    own.append(core.firstNeuron - group.first + place)
                    places.append(placeOf[neuron])
                }
            }
            for variable in variables {
                guard let column = group.values(variable) else {
                    throw Failure(.bug, "the model of population \(population) has no variable \(variable)")
                }
                values += own.map { column.value(at: $0) }
            }
        }
        let all = try transport.gather(
            places.withUnsafeBytes(Array.init) + values.withUnsafeBytes(Array.init))
        guard transport.rank == 0 else { return [] }
        var result = [Double](repeating: 0, count: variables.count * wanted.count)
        for bytes in all {
            let count = bytes.count / (4 + 8 * variables.count)
            bytes.withUnsafeBytes { raw in
                for i in 0..<count {
                    let place = Int(raw.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))
                    for variable in variables.indices {
                        result[variable * wanted.count + place] = raw.loadUnaligned(
                            fromByteOffset: 4 * count + 8 * (variable * count + i), as: Double.self)
                    }
                }
            }
        }
        return result
    }
}
