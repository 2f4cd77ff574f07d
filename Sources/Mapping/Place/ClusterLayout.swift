import Machine

/// Clusters with a chip each, and what they leave free.
struct ClusterLayout {
    /// Cores of each cluster.
    var members: [[Int]]
    /// By cluster.
    var chipOf: [Int32]
    /// By chip: worker cores.
    var freeCores: [Int]
    /// By chip: shared memory, bytes.
    var freeMemory: [Int]
}

extension ClusterLayout {
    /// Clusters from a placement: what a chip has of one population.
    ///
    /// - Complexity: O(cores + chips).
    init(_ placements: [Placement], _ partition: Partition, _ machine: Machine) {
        self.init(
            members: [], chipOf: [], freeCores: machine.workers.map(\.nonzeroBitCount),
            freeMemory: [Int](repeating: machine.sdram, count: machine.chips.count))
        // The cores of a population are neighbours, and so are those of its delay extensions.
        var last = (population: -1, chip: -1)
        for (core, place) in placements.enumerated() {
            let slice = partition.slices[core]
            if last != (slice.population, place.chip) {
                last = (slice.population, place.chip)
                members.append([])
                chipOf.append(Int32(place.chip))
            }
            members[members.count - 1].append(core)
            freeCores[place.chip] -= slice.width
            freeMemory[place.chip] -= slice.sdram
        }
    }
}
