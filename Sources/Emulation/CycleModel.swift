/// What work costs a worker core in processor cycles: an estimate, not a measurement.
///
/// - Source: Documentation/Chip.md, "Capacity": instructions of the shipped binaries, cycles estimated from them.
public struct CycleModel: Sendable {
    /// Per packet received: interrupt, population table look-up, DMA set-up.
    public var perPacket = 350
    /// Per synaptic event of a static row.
    public var perSynapticEvent = 30
    /// Per synaptic event of a plastic row, the target's spikes since the last one included.
    public var perPlasticEvent = 143
    /// Per attempt to form or eliminate a synapse of the core's neurons.
    public var perRewire = 250
    /// Per neuron and update, of which a step has one unless the population asks for more; recording included.
    public var perNeuron = 130
    /// Per neuron, synapse type and step: the transfer from the ring buffer.
    public var perRingEntry = 12
    /// Per source and step of a Poisson or array source.
    public var perSource = 60

    public init() {}
}
