import Diagnostics

/// What a network costs, before anything of it is built.
///
/// Every number is clamped to 2⁶³ − 1 rather than overflowing.
public struct NetworkEstimate: Sendable, Equatable {
    /// Neurons and sources.
    public var neurons = 0
    /// Expected synapses; 0 for connectors that are not supported yet.
    public var synapses = 0
    /// Expected synapses by projection, in file order.
    public var synapsesByProjection: [Int] = []
    /// Bytes of synaptic rows, over all ranks.
    public var synapseBytes = 0
    /// Bytes of neuron state, over all ranks.
    public var neuronBytes = 0
    /// Bytes of ring buffers, over all ranks.
    public var ringBytes = 0
    /// Bytes of the rows' indices, over all ranks.
    public var indexBytes = 0

    /// Bytes over all ranks.
    public var bytes: Int { [synapseBytes, neuronBytes, ringBytes, indexBytes].reduce(0) { $0.addingClamped($1) } }

    /// Bytes of a synapse: its word, and its share of padding and row headers.
    static let bytesPerSynapse = 4.4
    /// Bytes of a neuron's state.
    static let bytesPerNeuron = 24
    /// Bytes of an entry of a row index.
    static let bytesPerIndexEntry = 4
    /// Keys of 32 bits: one for each neuron or source.
    static let mostNeurons = 1 << 32
}

extension Network {
    /// What the network costs on a number of ranks.
    ///
    /// - Complexity: O(populations + projections).
    public func estimate(ranks: Int = 1) -> NetworkEstimate {
        var result = NetworkEstimate()
        var longestDelay = [Int](repeating: 1, count: populations.count)
        for projection in projections {
            let synapses = expectedSynapses(projection)
            result.synapsesByProjection.append(synapses)
            result.synapses = result.synapses.addingClamped(synapses)
            longestDelay[projection.post] = max(longestDelay[projection.post], longestDelaySteps(projection))
            let holders = min(max(1, ranks), slices(populations[projection.post]))
            result.indexBytes = result.indexBytes.addingClamped(
                populations[projection.pre].size.multipliedClamped(by: holders)
                    .multipliedClamped(by: NetworkEstimate.bytesPerIndexEntry))
        }
        for (index, population) in populations.enumerated() {
            result.neurons = result.neurons.addingClamped(population.size)
            result.neuronBytes = result.neuronBytes.addingClamped(
                population.size.multipliedClamped(by: NetworkEstimate.bytesPerNeuron))
            if population.model.isSource { continue }
            let perNeuron = 2 * population.model.receptors.count * slots(longestDelay[index])
            result.ringBytes = result.ringBytes.addingClamped(population.size.multipliedClamped(by: perNeuron))
        }
        result.synapseBytes =
            Int(exactly: (Double(result.synapses) * NetworkEstimate.bytesPerSynapse).rounded()) ?? .max
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
                "the network \(name) does not fit: it has \(estimate.neurons) neurons, and the machine's 32-bit keys tell "
                    + "\(NetworkEstimate.mostNeurons) apart")
        }
        guard let limit = memoryLimit ?? HostMemory.available(), estimate.bytes > limit else { return }
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
            "the network \(name) does not fit: \(estimate.neurons) neurons and about \(estimate.synapses) synapses need "
                + "about \(ByteCount(estimate.bytes)) (synapses \(ByteCount(estimate.synapseBytes)), "
                + "state \(ByteCount(estimate.neuronBytes)), ring buffers \(ByteCount(estimate.ringBytes)), "
                + "indices \(ByteCount(estimate.indexBytes))), the limit is \(ByteCount(limit))\(largest); "
                + "make the network smaller, use hosts with more memory, or raise --max-memory")
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
        case .fromList(let rows): return rows.count
        case .unsupported: return 0
        }
    }

    /// Slices a population is cut into.
    private func slices(_ population: Population) -> Int {
        let limit =
            population.neuronsPerCore
            ?? (population.model.kind == .neuron ? machine.core.neuronsPerCore : machine.core.sourcesPerCore)
        let size = max(1, limit)
        return population.size / size + (population.size % size == 0 ? 0 : 1)
    }

    /// Slots of a ring buffer that holds a delay; longer delays are kept in front of it.
    private func slots(_ delaySteps: Int) -> Int {
        var slots = 2
        while slots <= delaySteps, slots < 64 { slots *= 2 }
        return slots
    }

    private func longestDelaySteps(_ projection: Projection) -> Int {
        var longest: Double
        switch projection.synapse.delay {
        case nil: longest = simulation.timestep
        case .number(let delay): longest = delay
        case .list(let delays): longest = delays.max() ?? 0
        case .distribution(let distribution):
            let high = distribution.support.high
            longest = high.isFinite ? high : 4 * distribution.mean
        }
        if case .fromList(let rows) = projection.connector {
            longest = rows.reduce(longest) { max($0, $1.delay ?? 0) }
        }
        return Int(exactly: (longest / simulation.timestep).rounded(.up)) ?? .max
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
}
