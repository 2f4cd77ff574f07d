extension Synapse {
    /// The chip can draw the weights and delays by itself: constants and the distributions it knows.
    ///
    /// - Source: Documentation/Chip.md, "Synapses made on the machine".
    public var canBeGeneratedOnMachine: Bool {
        if structural != nil { return false }
        for value in [weight, delay ?? .number(1)] {
            switch value {
            case .number: continue
            case .list: return false
            case .distribution(let distribution):
                switch distribution {
                case .uniform, .normal, .normalClipped, .normalClippedToBoundary, .exponential: continue
                default: return false
                }
            }
        }
        return true
    }
}

extension Projection {
    /// Whether the chip itself generates the projection's synapses, which rounds weights and delays otherwise than the
    /// host does.
    public var isGeneratedOnMachine: Bool {
        switch rule {
        case .fixed(let pattern):
            pattern is AllButMe || pattern is OneToOneOffset || pattern is Kernel
                ? synapse.canBeGeneratedOnMachine : false
        case .pairwise, .smallWorld, .fromFile: false
        default: synapse.canBeGeneratedOnMachine
        }
    }
}
