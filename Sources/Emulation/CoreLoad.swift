import Mapping
import Synapses
import Topology

/// An estimate of the cycles each of a rank's cores needs per tick, against the tick's budget.
///
/// What a spike of a population costs a core is taken as the mean over the population: the packet itself, if the core
/// is reached, and the mean length of its row there. The estimate says where a real machine would run late; it does
/// not change the simulation.
///
/// - Determinism: Sums run over populations in file order; a core's figures do not depend on ranks.
final class CoreLoad {
    /// What a core's ticks came to.
    struct Ticks {
        /// Largest estimate of a tick, cycles.
        var largest: Float = 0
        /// Most packets that reached the core in a tick, estimated.
        var mostPackets: Float = 0
        /// Ticks whose estimate was over budget.
        var overBudget = 0
        /// Sum of all ticks' estimates.
        var total = 0.0
    }

    let model = CycleModel()
    /// Cycles of a tick.
    let budget: Float
    /// By target core.
    let ticks: UnsafeMutablePointer<Ticks>

    private let cores: Int
    /// Populations whose packets arrive, those of their delay extensions apart.
    private let classes: Int
    private let classOfBlock: UnsafeMutablePointer<Int>
    private let base: [Float]
    /// Cycles a packet of a class costs a core, `[classes * cores]`.
    private let cycles: UnsafeMutablePointer<Float>
    private let packets: UnsafeMutablePointer<Float>
    private let arrivals: UnsafeMutablePointer<Float>
    private let tick: UnsafeMutablePointer<Float>
    private let tickPackets: UnsafeMutablePointer<Float>

    init(
        targets: [(neurons: Int, types: Int, updates: Int, rewires: Double)],
        blocks: [(population: Int, isExtension: Bool, reached: [Int])],
        populationSizes: [Int], synapsesOnto: [[Int]], plasticSynapsesOnto: [[Int]],
        budget: Double
    ) {
        self.budget = Float(budget)
        cores = targets.count
        ticks = .allocate(capacity: max(targets.count, 1))
        ticks.initialize(repeating: Ticks(), count: max(targets.count, 1))
        let model = self.model
        base = targets.map {
            Float($0.neurons * ($0.updates * model.perNeuron + $0.types * model.perRingEntry))
                + Float($0.rewires * Double(model.perRewire))
        }
        let kinds = blocks.map { 2 * $0.population + ($0.isExtension ? 1 : 0) }
        let present = Set(kinds).sorted()
        let classOf = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
        classes = present.count
        classOfBlock = .allocate(capacity: max(kinds.count, 1))
        classOfBlock.initialize(from: kinds.map { classOf[$0] ?? 0 }, count: kinds.count)
        func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
            pointer.initialize(repeating: 0, count: max(count, 1))
            return pointer
        }
        cycles = zeros(classes * cores)
        packets = zeros(classes * cores)
        arrivals = zeros(classes)
        tick = zeros(cores)
        tickPackets = zeros(cores)
        var blocksOfClass = [Int](repeating: 0, count: classes)
        for block in blocks.indices { blocksOfClass[classOfBlock[block]] += 1 }
        for (number, block) in blocks.enumerated() {
            let place = classOfBlock[number]
            for core in block.reached { packets[place * cores + core] += 1 / Float(blocksOfClass[place]) }
        }
        for (place, kind) in present.enumerated() {
            for core in 0..<cores {
                var cost = packets[place * cores + core] * Float(model.perPacket)
                if kind % 2 == 0 {
                    let row = Float(synapsesOnto[kind / 2][core]) / Float(max(populationSizes[kind / 2], 1))
                    cost += row * Float(model.perSynapticEvent)
                    let plastic =
                        Float(plasticSynapsesOnto[kind / 2][core]) / Float(max(populationSizes[kind / 2], 1))
                    cost += plastic * Float(model.perPlasticEvent)
                }
                cycles[place * cores + core] = cost
            }
        }
    }

    convenience init(_ loaded: RankNetwork) {
        let simulation = loaded.network.simulation
        let seconds = simulation.timestep * Double(simulation.timeScaleFactor) / 1000
        // Attempts to rewire a neuron in a step, on average.
        var rewires = [Double](repeating: 0, count: loaded.network.populations.count)
        for projection in loaded.network.projections {
            guard let attempts = projection.synapse.structural?.attempts(timestep: simulation.timestep) else {
                continue
            }
            let size = loaded.network.populations[projection.post].size
            rewires[projection.post] = Double(attempts.inAStep) / Double(attempts.every * size)
        }
        self.init(
            targets: loaded.targets.map {
                let population = loaded.network.populations[$0.population]
                return (
                    $0.slice.count, population.model.receptors.count,
                    population.synapseCores == nil ? population.subSteps : 0,
                    rewires[$0.population] * Double($0.slice.count)
                )
            },
            blocks: loaded.blocks.map { block in
                let core = loaded.mapping.cores[block.core]
                if case .delayExtension = core.role { return (core.population, true, block.reached) }
                return (core.population, false, block.reached)
            },
            populationSizes: loaded.network.populations.map(\.size), synapsesOnto: loaded.synapsesOnto,
            plasticSynapsesOnto: loaded.plasticSynapsesOnto,
            budget: Double(loaded.network.machine.core.clock) * seconds)
    }

    deinit {
        for pointer in [cycles, packets, arrivals, tick, tickPackets] { pointer.deallocate() }
        classOfBlock.deallocate()
        ticks.deallocate()
    }

    /// Counts packets of a block that arrived in this tick.
    @inline(__always)
    func arrived(_ count: Int, block: Int) { arrivals[classOfBlock[block]] += Float(count) }

    /// Closes a tick.
    func endStep() {
        guard cores > 0 else { return }
        let (tick, tickPackets) = (tick, tickPackets)
        for core in 0..<cores {
            tick[core] = base[core]
            tickPackets[core] = 0
        }
        for place in 0..<classes where arrivals[place] > 0 {
            Self.accumulate(
                cycles + place * cores, packets + place * cores, arrivals[place], tick, tickPackets, cores)
            arrivals[place] = 0
        }
        for core in 0..<cores {
            ticks[core].largest = max(ticks[core].largest, tick[core])
            ticks[core].mostPackets = max(ticks[core].mostPackets, tickPackets[core])
            ticks[core].overBudget += tick[core] > budget ? 1 : 0
            ticks[core].total += Double(tick[core])
        }
    }

    @inline(never)
    private static func accumulate(
        _ cycles: UnsafePointer<Float>, _ packets: UnsafePointer<Float>, _ factor: Float,
        _ tick: UnsafeMutablePointer<Float>, _ tickPackets: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        for i in 0..<count {
            tick[i] += factor * cycles[i]
            tickPackets[i] += factor * packets[i]
        }
    }
}
