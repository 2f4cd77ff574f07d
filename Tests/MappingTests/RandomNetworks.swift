import Mapping
import Topology

/// SplitMix64: small, and the same everywhere.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

extension Network {
    /// A network of neuron populations and sources with projections of all kinds.
    static func random(
        seed: Int, machine: MachineRequest = MachineRequest(), mostNeurons: Int = 300, patterns: Bool = false
    ) -> Network {
        var random = TestRandom(seed: seed)
        var populations: [Population] = []
        for i in 0..<Int.random(in: 1...8, using: &random) {
            var size = Int.random(in: 1...mostNeurons, using: &random)
            // Some are laid out in two or three dimensions and cut along each.
            var shape: [Int]?
            if seed % 3 == 0, random.chance(50) {
                var extents = [Int](repeating: 1, count: Int.random(in: 2...3, using: &random))
                for d in extents.indices {
                    extents[d] = Int.random(in: 1...(extents.count == 2 ? 16 : 6), using: &random)
                }
                size = extents.reduce(1, *)
                shape = extents
            }
            let isSource = i > 0 && random.chance(30)
            populations.append(
                Population(
                    name: "P\(i)", size: size, shape: shape, model: isSource ? .spikeSourcePoisson : .ifCurrExp,
                    parameters: isSource ? ["rate": .number(Double.random(in: 0...50, using: &random))] : [:],
                    neuronsPerCore: random.chance(70) ? Int.random(in: 5...64, using: &random) : nil))
            if let shape {
                let block = shape.map { Int.random(in: 1...$0, using: &random) }
                populations[i].coreShape = block
                populations[i].neuronsPerCore = block.reduce(1, *)
            }
        }
        let targets = populations.indices.filter { !populations[$0].model.isSource }
        var projections: [Projection] = []
        for i in 0..<Int.random(in: 0...12, using: &random) {
            let pre = Int.random(in: populations.indices, using: &random)
            let post = targets[Int.random(in: targets.indices, using: &random)]
            var delay: ParameterValue?
            if random.chance(60) {
                let shortest = Double(Int.random(in: 1...20, using: &random))
                delay =
                    random.chance(50)
                    ? .number(random.chance(20) ? shortest * 9 : shortest)
                    : .distribution(.uniform(low: shortest, high: shortest * (random.chance(15) ? 8 : 2)))
            }
            projections.append(
                Projection(
                    name: "J\(i)", pre: pre, post: post,
                    connector: patterns
                        ? .randomPattern(pre: populations[pre].size, post: populations[post].size, &random)
                        : .random(pre: populations[pre].size, post: populations[post].size, &random),
                    synapse: Synapse(weight: .number(0.1), delay: delay)))
        }
        // Some neurons have their synapses on other cores, and a Poisson source of their own.
        var splits = TestRandom(seed: seed &+ 1_234_567)
        for p in populations.indices where seed % 4 == 1 && !populations[p].model.isSource && splits.chance(50) {
            populations[p].synapseCores = Int.random(in: 1...3, using: &splits)
            guard splits.chance(50) else { continue }
            populations.append(
                Population(name: "noise of P\(p)", size: populations[p].size, model: .spikeSourcePoisson))
            projections.append(
                Projection(
                    name: "N\(p)", pre: populations.count - 1, post: p, connector: .oneToOne,
                    synapse: Synapse(weight: .number(0.1))))
        }
        return Network(
            name: "random \(seed)", simulation: Simulation(duration: 100), machine: machine, populations: populations,
            projections: projections)
    }
}

extension Connector {
    static func random(pre: Int, post: Int, _ random: inout TestRandom) -> Connector {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .allToAll(allowSelfConnections: true)
        case 1, 2: return .oneToOne
        case 3: return .fixedProbability(p: 0.1, allowSelfConnections: false)
        case 4: return .fixedNumberPre(n: 3, withReplacement: true, allowSelfConnections: true)
        default:
            return .fromList(
                (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    ListedConnection(
                        pre: Int32.random(in: 0..<Int32(pre), using: &random),
                        post: Int32.random(in: 0..<Int32(post), using: &random), weight: 1,
                        delay: random.chance(50) ? Double(Int.random(in: 1...120, using: &random)) : nil)
                })
        }
    }
}

extension Connector {
    /// Groups, offsets and kernels.
    static func randomPattern(pre: Int, post: Int, _ random: inout TestRandom) -> Connector {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return .fixed(
                AllButMe(
                    preSize: pre, postSize: post, groupSize: Int.random(in: 1...min(pre, post), using: &random)))
        case 1:
            let size = Int.random(in: 1...pre, using: &random)
            return .fixed(
                OneToOneOffset(
                    preSize: pre, postSize: post, offset: Int.random(in: -size...size, using: &random),
                    wraps: random.chance(50), groupSize: size))
        default:
            let shape = Kernel.Grid(3, Int.random(in: 1...5, using: &random))
            return .fixed(
                Kernel(
                    pre: Kernel.Grid(1, pre), post: Kernel.Grid(post, 1), shape: shape,
                    delays: random.chance(50)
                        ? [] : (0..<shape.size).map { _ in Double(Int.random(in: 1...120, using: &random)) },
                    onMachine: true))
        }
    }
}

extension MachineRequest {
    /// A machine with random size and faults that keeps at least a core.
    static func random(seed: Int) -> MachineRequest {
        var random = TestRandom(seed: seed &+ 7_777_777)
        var request = MachineRequest()
        switch Int.random(in: 0..<6, using: &random) {
        case 0: request.shape = .auto
        case 1: request.shape = .spin5(boards: Int.random(in: 1...4, using: &random))
        default:
            request.shape = .grid(
                width: Int.random(in: 4...9, using: &random), height: Int.random(in: 4...9, using: &random),
                wrap: random.chance(50))
        }
        if random.chance(40) { request.coresPerChip = Int.random(in: 6...18, using: &random) }
        // On every shape the lowest chips exist.
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let (x, y) = (Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: request.faultyChips.append([x, y])
            case 1: request.faultyCores.append([x, y, Int.random(in: 1...17, using: &random)])
            default: request.faultyLinks.append([x, y, Int.random(in: 0...5, using: &random)])
            }
        }
        return request
    }
}

extension MappingOptions {
    /// All combinations of algorithms.
    static var all: [MappingOptions] {
        var result: [MappingOptions] = []
        for placer in Placer.allCases {
            for router in Router.allCases {
                for keys in Keys.allCases {
                    for compressor in Compressor.allCases {
                        var options = MappingOptions()
                        (options.placer, options.router) = (placer, router)
                        (options.keys, options.compressor) = (keys, compressor)
                        options.effort = 0.2
                        result.append(options)
                    }
                }
            }
        }
        return result
    }
}

/// One population that feeds another, with the delay given.
func pair(
    _ connector: Connector, pre: Int = 100, post: Int = 100, perCore: Int = 25, delay: ParameterValue? = nil,
    machine: MachineRequest = MachineRequest()
) -> Network {
    Network(
        name: "pair", simulation: Simulation(duration: 100), machine: machine,
        populations: [
            Population(name: "A", size: pre, model: .spikeSourcePoisson, neuronsPerCore: perCore),
            Population(name: "B", size: post, model: .ifCurrExp, neuronsPerCore: perCore),
        ],
        projections: [
            Projection(name: "A->B", pre: 0, post: 1, connector: connector, synapse: Synapse(delay: delay))
        ])
}
