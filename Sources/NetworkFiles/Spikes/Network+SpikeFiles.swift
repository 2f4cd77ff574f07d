public import Diagnostics
public import Topology

extension Network {
    /// Finds the files of `SpikeSourceFromFile` populations and how many spikes are in each; they are read later.
    ///
    /// - Parameter topology: Path of the topology file; references are to files in its folder.
    /// - Throws: `noInput` for a file that is not there, `badInput` for one that is not sound.
    public mutating func findSpikeFiles(of topology: String) throws(Failure) {
        for index in populations.indices {
            guard let file = populations[index].spikeFile else { continue }
            do throws(Failure) {
                let path = try FileReference.path(file.reference, of: topology)
                populations[index].spikeFile?.path = path
                populations[index].spikeFile?.spikes = try SpikeFile(path: path, population: file.population)
                    .expectedSpikes()
            } catch {
                throw Failure(error.exitCode, "population \(populations[index].name): \(error.message)")
            }
        }
    }

    /// Reads the spikes of all files that were found, so that a mistake in one is known before anything is made of it.
    ///
    /// - Returns: what is legal in them but probably worth knowing, as of `spike_times` in the topology.
    /// - Throws: `badInput` naming population, file and places, `noInput`.
    /// - Complexity: O(spikes), in memory of some megabytes.
    public func checkSpikeFiles() throws(Failure) -> [String] {
        var warnings: [String] = []
        for population in populations {
            guard let file = population.spikeFile, let path = file.path else { continue }
            var times = SpikeTimesReview(simulation)
            do throws(Failure) {
                try SpikeFile(path: path, population: file.population).read(size: population.size) { time, _ in
                    times.add(time)
                }
            } catch {
                throw Failure(error.exitCode, "population \(population.name): \(error.message)")
            }
            warnings += times.warnings(in: "the file").map { "\(path): \($0) (population \(population.name))" }
        }
        return warnings
    }
}
