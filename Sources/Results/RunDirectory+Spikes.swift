import Diagnostics

extension RunDirectory {
    /// Merges the spike logs of all ranks into `spikes.h5`.
    ///
    /// Called by one rank after all ranks have finished their logs; the logs stay until `removeWorkingFolder()`.
    ///
    /// - Parameter tolerant: recovers what is intact of damaged logs.
    /// - Throws: `.noInput` when there are no logs; `.outputFailed` for a damaged log or a full disk.
    public func gatherSpikes(tolerant: Bool = false) throws(Failure) -> MergedSpikes {
        let merger = try SpikeMerger(folder: working, tolerant: tolerant)
        var merged = MergedSpikes()
        try publish("spikes.h5") { (path) throws(Failure) in
            merged = try merger.merge(into: [SonataSpikeWriter(creating: path, run: merger.run)])
        }
        return merged
    }
}
