public import Diagnostics
import Glibc

/// A file of spikes: SONATA (HDF5), or text as `spinnsim gather` writes it, CSV or NEST's.
///
/// A spike's node is the number of a source: the `node_ids` of SONATA and the `neuron` column of CSV from 0, the
/// senders of NEST from 1. The order of spikes does not matter.
public struct SpikeFile: Sendable {
    let path: String
    /// The population whose spikes are read; `nil`: the only one.
    let population: String?

    /// - Parameter population: of the file; `nil`: the only one.
    public init(path: String, population: String? = nil) {
        self.path = path
        self.population = population
    }

    /// About how many spikes it has: exact for SONATA, guessed from the size of a text.
    ///
    /// - Throws: `noInput`, and `badInput` for a SONATA file that is not sound.
    /// - Complexity: O(1).
    public func expectedSpikes() throws(Failure) -> Int {
        if try FileKind.isHDF5(path) { return try SonataSpikes(path: path, population: population).count }
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        return Int(status.st_size) / 12
    }

    /// Reads all spikes, in pieces.
    ///
    /// - Parameters:
    ///   - size: of the population that sends them; other nodes are a mistake.
    ///   - take: receives time in ms and node of each.
    /// - Throws: `noInput`, and `badInput` naming object, element or line.
    /// - Complexity: O(spikes), in memory of some megabytes.
    public func read(size: Int, _ take: (Double, Int) -> Void) throws(Failure) {
        if try FileKind.isHDF5(path) {
            try SonataSpikes(path: path, population: population).read(size: size, take)
        } else {
            try TextSpikes(path: path, population: population).read(size: size, take)
        }
    }
}
