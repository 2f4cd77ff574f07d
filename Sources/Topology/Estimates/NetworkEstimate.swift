import Diagnostics

/// What a network costs, before anything of it is built.
///
/// Every number is clamped to 2⁶³ − 1 rather than overflowing.
public struct NetworkEstimate: Sendable, Equatable {
    /// Neurons and sources.
    public var neurons = 0
    /// Expected synapses; 0 for connectors that are not supported, or not surveyed or read from their file yet.
    public var synapses = 0
    /// Expected synapses by projection, in file order.
    public var synapsesByProjection: [Int] = []
    /// Bytes of synaptic rows, over all ranks.
    public var synapseBytes = 0
    /// Bytes of neuron state, over all ranks.
    public var neuronBytes = 0
    /// Bytes of ring buffers, over all ranks.
    public var ringBytes = 0
    /// Bytes of the rows' indices and of who reaches whom, over all ranks.
    public var indexBytes = 0
    /// Bytes of the counters that rows are built with, over all ranks; given back before the ring buffers fill.
    public var builderBytes = 0

    /// Most bytes at a time over all ranks, beside some 47 MB that each process takes for its libraries.
    public var bytes: Int {
        [synapseBytes, neuronBytes, indexBytes, max(ringBytes, builderBytes)].reduce(0) { $0.addingClamped($1) }
    }

    /// Keys of 32 bits: one for each neuron or source.
    static let mostNeurons = 1 << 32
}

extension Network {
    /// What the network costs on a number of ranks.
    ///
    /// - Complexity: O(populations + projections).
    public func estimate(ranks: Int = 1) -> NetworkEstimate {
        var result = NetworkEstimate()
        for projection in projections {
            let synapses = expectedSynapses(projection)
            result.synapsesByProjection.append(synapses)
            result.synapses = result.synapses.addingClamped(synapses)
        }
        for population in populations { result.neurons = result.neurons.addingClamped(population.size) }
        let layout = MemoryLayoutEstimate(self, ranks: max(1, ranks), synapses: result.synapsesByProjection)
        result.synapseBytes = Int(clampingBytes: layout.words)
        result.neuronBytes = Int(clampingBytes: layout.state)
        result.ringBytes = Int(clampingBytes: layout.rings)
        result.indexBytes = Int(clampingBytes: layout.index)
        result.builderBytes = Int(clampingBytes: layout.builder)
        return result
    }

    /// Refuses a network whose estimate is beyond a limit.
    ///
    /// - Parameters:
    ///   - memoryLimit: bytes over all ranks; `nil`: what this host can give now.
    ///   - ranks: over which the network is spread.
    /// - Throws: `Failure` with exit code 69, with the numbers and the largest part.
    public func requireFits(memoryLimit: Int? = nil, ranks: Int = 1) throws(Failure) {
        let estimate = estimate(ranks: ranks)
        guard estimate.neurons <= NetworkEstimate.mostNeurons else {
            throw Failure(
                .doesNotFit,
                "the network \(name) does not fit: it has \(estimate.neurons) neurons, and the machine's 32-bit keys "
                    + "tell \(NetworkEstimate.mostNeurons) apart")
        }
        guard let limit = memoryLimit ?? HostMemory.available(processes: ranks), estimate.bytes > limit else { return }
        var largest = ""
        if estimate.synapseBytes > estimate.bytes / 2,
            let index = estimate.synapsesByProjection.indices
                .max(by: { estimate.synapsesByProjection[$0] < estimate.synapsesByProjection[$1] })
        {
            largest =
                "; the largest projection is \(projections[index].name) with about "
                + "\(estimate.synapsesByProjection[index]) synapses"
        } else if let population = populations.max(by: { $0.size < $1.size }) {
            largest = "; the largest population is \(population.name) with \(population.size) neurons"
        }
        throw Failure(
            .doesNotFit,
            "the network \(name) does not fit: \(estimate.neurons) neurons and about \(estimate.synapses) synapses "
                + "need about \(ByteCount(estimate.bytes)) (synapses \(ByteCount(estimate.synapseBytes)), "
                + "state \(ByteCount(estimate.neuronBytes)), ring buffers \(ByteCount(estimate.ringBytes)), "
                + "indices \(ByteCount(estimate.indexBytes)), building \(ByteCount(estimate.builderBytes))), the "
                + "limit is \(ByteCount(limit))\(largest); make the network smaller, use hosts with more memory, or "
                + "raise --max-memory")
    }

    // MARK: - Parts

    /// Expected number of synapses of a projection: exact where the connector fixes it, else the mean.
    public func expectedSynapses(_ projection: Projection) -> Int {
        let (source, target) = (populations[projection.pre].size, populations[projection.post].size)
        func pairs(_ allowSelf: Bool) -> Int {
            let all = source.multipliedClamped(by: target)
            return projection.pre == projection.post && !allowSelf ? all - source : all
        }
        switch projection.connector {
        case .allToAll(let allowSelf): return pairs(allowSelf)
        case .oneToOne: return min(source, target)
        case .fixedProbability(let p, let allowSelf):
            return Int(exactly: (p * Double(pairs(allowSelf))).rounded()) ?? .max
        case .fixedNumberPre(let n, _, _): return n.multipliedClamped(by: target)
        case .fixedNumberPost(let n, _, _): return n.multipliedClamped(by: source)
        case .fixedTotalNumber(let n, _, _): return n
        case .fixed(let pattern): return pattern.count
        case .pairwise, .smallWorld: return Int(exactly: (projection.survey?.expected ?? 0).rounded()) ?? .max
        case .fromFile: return 0
        }
    }
}

extension Int {
    /// The sum of two counts, clamped to the largest integer.
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product of two counts, clamped to the largest integer.
    func multipliedClamped(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// A number of bytes, clamped to the largest integer.
    init(clampingBytes bytes: Double) { self = Int(exactly: bytes.rounded()) ?? (bytes > 0 ? .max : 0) }
}
