import Topology

/// Who has to hear whom, computed for the checker from the network and the cores' slices alone.
struct ExpectedTargets {
    private let mapping: Mapping
    private let network: Network
    private var workersOf: [[Int]]
    private var parrotsOf: [[Int]]
    private var outgoing: [[Int]]
    /// By population: synapse cores of a slice, 0 for none.
    private var synapseCores: [Int]
    /// By projection: pairs of cores that a pattern joins, within the slots and beyond; `nil` for other connectors.
    private var listed: [(direct: Set<Pair>, delayed: Set<Pair>)?]
    private let delays: [DelayBounds]
    /// The last answer, for populations whose cores all have the same.
    private var memo: (population: Int, isParrot: Bool, targets: [Int])?

    private struct Pair: Hashable {
        var from: Int
        var to: Int
    }

    init(_ mapping: Mapping, _ network: Network) {
        self.mapping = mapping
        self.network = network
        workersOf = [[Int]](repeating: [], count: network.populations.count)
        parrotsOf = workersOf
        outgoing = workersOf
        synapseCores = [Int](repeating: 0, count: network.populations.count)
        for (i, core) in mapping.cores.enumerated() {
            switch core.role {
            case .delayExtension: parrotsOf[core.population].append(i)
            case .synapses: synapseCores[core.population] = max(synapseCores[core.population], core.number + 1)
            case .neurons, .source: workersOf[core.population].append(i)
            }
        }
        delays = network.projections.map { DelayBounds(of: $0, timestep: network.simulation.timestep) }
        listed = []
        for (i, projection) in network.projections.enumerated() {
            outgoing[projection.pre].append(i)
            listed.append(nil)
            // Synapses that come and go may join any two neurons.
            guard projection.synapse.structural == nil, let pattern = projection.connector.pattern else { continue }
            // Neuron by neuron, the core that holds it.
            func holders(_ population: Int) -> [Int] {
                var result = [Int](repeating: -1, count: network.populations[population].size)
                for core in workersOf[population] { for neuron in mapping.cores[core].slice { result[neuron] = core } }
                return result
            }
            let (pre, post) = (holders(projection.pre), holders(projection.post))
            var pairs: (direct: Set<Pair>, delayed: Set<Pair>) = ([], [])
            let own = projection.synapse.delay?.bounds ?? network.simulation.timestep...network.simulation.timestep
            for target in post.indices {
                pattern.forEachConnection(to: target) { source, value in
                    let delay = pattern.delay(value)
                    let steps = DelayBounds(
                        milliseconds: delay.isNaN ? own.lowerBound : delay, delay.isNaN ? own.upperBound : delay,
                        timestep: network.simulation.timestep)
                    let pair = Pair(from: pre[source], to: post[target])
                    if steps.shortest <= mapping.cores[pair.to].delaySlots { pairs.direct.insert(pair) }
                    if steps.longest > mapping.cores[pair.to].delaySlots { pairs.delayed.insert(pair) }
                }
            }
            listed[i] = pairs
        }
    }

    /// Some synapses onto a population with synapse cores learn.
    private func learns(_ population: Int) -> Bool {
        synapseCores[population] > 0
            && network.projections.contains { $0.post == population && $0.synapse.isPlastic }
    }

    /// The cores that have to get a core's packets, ascending.
    ///
    /// A neuron core stands for one of its synapse cores, whichever; as often as it is there, for as many different
    /// ones.
    mutating func targets(of core: Int) -> [Int] {
        let source = mapping.cores[core]
        let isParrot = if case .delayExtension = source.role { true } else { false }
        // What writes to its neuron core's memory sends no packets, and neither do synapse cores.
        if source.neuronCore != nil { return [] }
        if let memo, memo.population == source.population, memo.isParrot == isParrot { return memo.targets }
        // A parrot repeats the spikes of the core with its slice.
        let origin = workersOf[source.population].first { mapping.cores[$0].slice == source.slice } ?? core
        var result: Set<Int> = []
        var modulated: Set<Int> = []
        var isSame = true
        for i in outgoing[source.population] {
            let projection = network.projections[i]
            switch projection.connector {
            case .oneToOne, .fixed: isSame = false
            default: break
            }
            for target in workersOf[projection.post] {
                let slots = mapping.cores[target].delaySlots
                if let pairs = listed[i] {
                    let pair = Pair(from: origin, to: target)
                    if isParrot ? pairs.delayed.contains(pair) : pairs.direct.contains(pair) {
                        result.insert(target)
                        if projection.synapse.modulates { modulated.insert(target) }
                    }
                    continue
                }
                guard isParrot ? delays[i].longest > slots : delays[i].shortest <= slots else { continue }
                if case .oneToOne = projection.connector, projection.synapse.structural == nil,
                    !source.slice.contains(where: mapping.cores[target].slice.contains)
                {
                    continue
                }
                result.insert(target)
                if projection.synapse.modulates { modulated.insert(target) }
            }
        }
        // All synapse cores hear of what changes how others learn, and of the neurons whose synapses learn.
        if !isParrot, source.role == .neurons, learns(source.population) {
            isSame = false
            result.insert(core)
            modulated.insert(core)
        }
        if !isParrot, !parrotsOf[source.population].isEmpty {
            isSame = false
            for parrot in parrotsOf[source.population] where mapping.cores[parrot].slice == source.slice {
                result.insert(parrot)
            }
        }
        let targets = result.sorted().flatMap { target in
            let all = modulated.contains(target) ? synapseCores[mapping.cores[target].population] : 1
            return [Int](repeating: target, count: max(1, all))
        }
        memo = isSame ? (source.population, isParrot, targets) : nil
        return targets
    }
}

extension WorkerCore {
    /// Its number among the synapse cores of its slice; 0 for other cores.
    fileprivate var number: Int { if case .synapses(let number) = role { number } else { 0 } }
}
