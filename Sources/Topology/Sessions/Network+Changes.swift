extension Network {
    /// Takes over what may have been changed in the same network after it was read.
    public mutating func keepChanges(of other: Network) {
        for index in populations.indices where index < other.populations.count {
            populations[index].parameters = other.populations[index].parameters
            populations[index].spikeTimes = other.populations[index].spikeTimes
        }
        currents = other.currents
    }
}
