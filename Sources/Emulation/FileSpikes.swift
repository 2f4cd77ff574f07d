import Diagnostics
import Mapping
import NetworkFiles
import Neurons
import Topology

/// The spikes of files that the source cores of a rank send: no others are kept.
struct FileSpikes {
    private var spikes: [Int: [UInt64]] = [:]

    /// Reads the files of all populations that have a source core here.
    ///
    /// - Parameter cores: Numbers of the rank's cores.
    /// - Throws: `badInput` and `noInput`, naming population, file and place.
    /// - Complexity: O(spikes of the files), in memory of 8 bytes for each spike that is kept.
    init(of cores: [Int], _ mapping: Mapping, _ network: Network) throws(Failure) {
        for (index, population) in network.populations.enumerated() {
            guard let file = population.spikeFile, let path = file.path else { continue }
            let here = cores.filter { mapping.cores[$0].population == index && mapping.cores[$0].role == .source }
                .sorted { mapping.cores[$0].slice.lowerBound < mapping.cores[$1].slice.lowerBound }
            guard !here.isEmpty else { continue }
            let slices = here.map { mapping.cores[$0].slice }
            // Ranges of all slices, ascending, and whose they are.
            let ranges = slices.enumerated().flatMap { place, slice in slice.ranges.map { (range: $0, place: place) } }
                .sorted { $0.range.lowerBound < $1.range.lowerBound }
            var lists = slices.map { slice in
                var list: [UInt64] = []
                list.reserveCapacity(Int(Double(file.spikes) * Double(slice.count) / Double(population.size)))
                return list
            }
            let simulation = network.simulation
            do throws(Failure) {
                try SpikeFile(path: path, population: file.population).read(size: population.size) { time, node in
                    var (low, high) = (0, ranges.count)
                    while low < high {
                        let middle = (low + high) / 2
                        if ranges[middle].range.upperBound <= node { low = middle + 1 } else { high = middle }
                    }
                    guard low < ranges.count, let source = slices[ranges[low].place].place(of: node),
                        let step = simulation.step(ofSpikeAt: time)
                    else { return }
                    lists[ranges[low].place].append(SpikeArrayCore.spike(step: step, source: source))
                }
            } catch {
                throw Failure(error.exitCode, "population \(population.name): \(error.message)")
            }
            for (core, list) in zip(here, lists) { spikes[core] = list }
        }
    }

    /// Hands out the spikes of a core, once.
    mutating func take(_ core: Int) -> [UInt64] { spikes.removeValue(forKey: core) ?? [] }
}
