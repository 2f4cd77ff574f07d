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
}
