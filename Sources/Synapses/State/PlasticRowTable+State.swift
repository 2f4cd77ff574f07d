import Plasticity
public import Snapshots
import Topology

extension PlasticRowTable {
    /// Numbers in the network of the plastic projections, by place.
    private var projectionNumbers: [Int] { projections.map(\.index) }

    /// Places in ``populations`` of the rules by which synapses onto a population learn.
    private func learners(of population: Int) -> [Int] {
        populations.indices.filter { populations[$0].index == population }
    }

    /// How many rules the synapses onto a population learn by.
    public func learnerCount(of population: Int) -> Int { learners(of: population).count }

    /// Writes what a target core's neurons remember of their spikes, for one of the rules.
    public func encodeHistories(of target: TargetCore, learner: Int, into writer: inout StateWriter) {
        let population = populations[learners(of: target.population)[learner]]
        let first = target.firstNeuron - population.first
        population.plasticity.encode(
            neurons: first..<first + target.slice.count, projections: projectionNumbers, into: &writer)
    }

    /// Takes back what ``encodeHistories(of:learner:into:)`` wrote.
    public func restoreHistories(of target: TargetCore, learner: Int, from reader: inout StateReader) {
        let population = populations[learners(of: target.population)[learner]]
        let first = target.firstNeuron - population.first
        population.plasticity.restore(
            neurons: first..<first + target.slice.count, projections: projectionNumbers, from: &reader)
    }

    /// Writes the plastic synapses of some rows, by target core: of each row that has any there the source's last spike
    /// and traces, then what each synapse keeps.
    ///
    /// - Parameters:
    ///   - coreOfNeuron: `[stride]`, place of the target among the writers.
    ///   - writers: Takes the words, by target; those without synapses are left as they are.
    /// - Complexity: O(synapses of the rows).
    /// - Determinism: A target's words do not depend on the others.
    public func encode(_ rows: Range<Int>, coreOfNeuron: [UInt32], into writers: inout [StateWriter]) {
        // By target, the row part that was written last.
        var begun = [Int](repeating: -1, count: writers.count)
        var part = 0
        for row in rows {
            forEachPart(row: row) { own in
                let population = populations[projections[own.projection].population]
                let bytes = population.plasticity.synapseBytes
                for i in 0..<own.count {
                    let target = Int(coreOfNeuron[population.first + controls.neuron(own.controls[i])])
                    if begun[target] != part {
                        begun[target] = part
                        writers[target].append(own.words[3])
                        writers[target].append(own.words[4])
                    }
                    writers[target].append(
                        bytes: UnsafeRawBufferPointer(start: own.synapseBytes + i * bytes, count: bytes))
                }
                part += 1
            }
        }
    }

    /// Takes back what ``encode(_:coreOfNeuron:into:)`` wrote.
    public func restore(_ rows: Range<Int>, coreOfNeuron: [UInt32], from readers: inout [StateReader]) {
        var begun = [Int](repeating: -1, count: readers.count)
        var part = 0
        for row in rows {
            forEachPart(row: row) { own in
                let population = populations[projections[own.projection].population]
                let bytes = population.plasticity.synapseBytes
                for i in 0..<own.count {
                    let target = Int(coreOfNeuron[population.first + controls.neuron(own.controls[i])])
                    if begun[target] != part {
                        begun[target] = part
                        own.words[3] = readers[target].word()
                        own.words[4] = readers[target].word()
                    }
                    readers[target].read(
                        bytes: UnsafeMutableRawBufferPointer(start: own.synapseBytes + i * bytes, count: bytes))
                }
                part += 1
            }
        }
    }
}
