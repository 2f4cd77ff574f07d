import Diagnostics
import Foundation
import NetworkFiles
import Topology
import Transport

extension Run {
    /// Sees whether the files that a network is read from are the same on every rank; entered by all.
    ///
    /// Ranks that read other files by the same name, from another folder or an old copy, would each make another
    /// network of them. A topology file need only be there for the first rank, which hands it to the others.
    ///
    /// - Throws: `mpiSetUp`, the agreed failure.
    func requireSameFiles(_ network: Network) throws(Failure) {
        guard transport.size > 1 else { return }
        let paths = [options.file] + files(of: network)
        let mine = paths.map { FileSample.words(FileSample(path: $0)) }
        let own = mine.flatMap(\.self).withUnsafeBytes(Array.init)
        let first = try transport.broadcast(own, root: 0)
        try transport.phase {
            guard first.count == own.count else {
                throw Failure(.bug, "rank \(transport.rank): the network names other files than on rank 0")
            }
            for (place, path) in paths.enumerated() where mine[place][0] >= 0 {
                let words = first[16 * place..<16 * place + 16]
                guard words.elementsEqual(own[16 * place..<16 * place + 16]) else {
                    throw Failure(
                        .mpiSetUp,
                        "\(path) is another file for rank \(transport.rank) on \(HostName.current) "
                            + "than for rank 0; start all ranks of a launch in the same folder, on the same files")
                }
            }
        }
    }

    /// The files that a topology refers to and every rank reads for itself.
    private func files(of network: Network) -> [String] {
        var references = network.populations.compactMap { $0.spikeFile?.reference }
        for projection in network.projections {
            if case .fromFile(let file) = projection.connector { references.append(file.reference) }
        }
        // What is wrong with a reference is said by who reads the file.
        return references.map { (try? FileReference.path($0, of: options.file)) ?? "" }
    }
}
