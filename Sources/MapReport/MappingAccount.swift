public import Diagnostics
import Fabric
public import Machine
public import Mapping
public import Topology

/// What a mapping takes of the machine, for people: by population, chip, link and resource.
///
/// Loads are found by following every source core's key through the finished routing tables, as its packets would go;
/// rates are expectations (``Mapping/SimulationLoad``).
public struct MappingAccount: Sendable {
    /// How ranks share the cores, if that was asked for.
    public var balance: RankBalance?

    /// One population and the cores that hold it.
    public struct Population: Sendable {
        public var name: String
        public var model: String
        public var size: Int
        /// Neurons of a full core.
        public var slice: Int
        /// What keeps a core from holding more.
        public var limit: SliceLimit
        public var cores: Int
        public var delayExtensions: Int
        /// Cores that take in spikes for its neuron cores.
        public var synapseCores: Int
        /// Where the number of its synapse cores comes from, if it was estimated.
        public var estimate: SynapseCoreEstimate?
        /// Its cores send no packets, but write to the memory of the neuron cores they feed.
        public var isDirect: Bool
        /// Chips with any of its cores.
        public var chips: Int
        /// Ring-buffer slots of a core, 0 for sources.
        public var delaySlots: Int
        /// Shared memory of all its cores.
        public var regions: CoreRegions
        /// Data memory of its fullest core, bytes.
        public var dtcm: Int
        /// First key of its first core.
        public var key: UInt32
        /// Links crossed by the trees of its cores.
        public var treeLinks: Int
        /// Synaptic events of its busiest core in a second of machine time, expected.
        public var eventsPerSecond: Double
    }

    /// What is used of one chip.
    public struct Chip: Sendable {
        public var coordinate: ChipCoordinate
        public var board: Int
        /// Worker cores that work.
        public var workers: Int
        public var cores: Int
        /// Shared memory, bytes.
        public var sdram: Int
        /// Source cores whose packets come by: the entries without any merging.
        public var entriesUncompressed: Int
        public var entries: Int
    }

    /// What crosses one link in one direction.
    public struct LinkLoad: Sendable, Equatable {
        /// `6 × chip number + link`.
        public var wire: Int
        /// Source cores whose packets cross.
        public var trees: Int
        /// Packets in a second of machine time, expected.
        public var packetsPerSecond: Double
    }

    /// How much of a resource is taken where it is scarcest.
    public struct Resource: Sendable {
        public var name: String
        public var used: Double
        public var available: Double
        public var unit: String
        /// Where, in words.
        public var place: String

        /// Part that is taken.
        public var share: Double { available > 0 ? used / available : used > 0 ? .infinity : 0 }
    }

    /// The network's name.
    public let name: String
    public let machine: Machine
    public let request: MachineRequest
    public let summary: MappingSummary
    public internal(set) var populations: [Population] = []
    /// By chip number.
    public internal(set) var chips: [Chip] = []
    /// Links that carry anything, ascending wires.
    public internal(set) var links: [LinkLoad] = []
    /// By number of links crossed: pairs of a source core and a core it feeds.
    public internal(set) var hops: [Int] = []
    /// Fullest first.
    public internal(set) var resources: [Resource] = []
    /// By core number: where its packets go.
    let trees: [PacketTree]
    let cores: [WorkerCore]

    /// 40-bit packets that a link carries in a second, each way (Documentation/Chip.md, "Packets and links").
    public static let packetsPerSecondOfLink = 6_000_000

    /// Measures a mapping.
    ///
    /// - Throws: `.bug` when packets would run in a loop.
    /// - Complexity: O(routers passed by all trees + cores × projections into them).
    /// - Determinism: a function of the network and the mapping, but for the times of `summary`.
    public init(_ mapping: Mapping, _ summary: MappingSummary, of network: Network) throws(Failure) {
        name = network.name
        machine = mapping.machine
        request = network.machine
        self.summary = summary
        cores = mapping.cores
        trees = try Fabric(mapping).trees
        let partition = try partition(network)
        precondition(partition.slices.count == mapping.cores.count, "cores are numbered as the partition's slices")
        let rates = Rates(network, mapping.cores)
        countPopulations(partition, network, rates)
        countChips(partition, mapping)
        countLinks(rates)
        countHops()
        rankResources(partition, network, rates)
    }

    /// Links of the machine that work, each direction by itself.
    public var linkCount: Int { machine.neighbours.count { $0 >= 0 } }

    /// Worker cores of the machine that work.
    public var workerCount: Int { machine.workerCount }

    /// The most loaded links, by packets, then trees, then place.
    ///
    /// - Complexity: O(links · log links).
    public func busiestLinks(_ count: Int) -> ArraySlice<LinkLoad> {
        links.sorted {
            ($1.packetsPerSecond, $1.trees, $0.wire) < ($0.packetsPerSecond, $0.trees, $1.wire)
        }.prefix(count)
    }

    /// Links by the trees that cross them, in bins of none, 1, 2–3, 4–7 and so on.
    public var linkHistogram: [(trees: ClosedRange<Int>, links: Int)] {
        var bins = [(0...0, linkCount - links.count)]
        let most = links.reduce(0) { max($0, $1.trees) }
        var low = 1
        while low <= most {
            let range = low...(2 * low - 1)
            bins.append((range, links.count { range.contains($0.trees) }))
            low *= 2
        }
        return bins.map { (trees: $0.0, links: $0.1) }
    }

    /// Mean links crossed from a source core to a core it feeds.
    public var meanHops: Double {
        let pairs = hops.reduce(0, +)
        return pairs == 0 ? 0 : Double(hops.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / Double(pairs)
    }

    /// The chip and the direction of a wire.
    public func place(ofWire wire: Int) -> (chip: ChipCoordinate, link: Int) { (machine.chips[wire / 6], wire % 6) }
}

/// Packets and synaptic events that can be expected in a second of machine time.
struct Rates {
    /// By core: packets sent.
    var packets: [Double] = []
    /// By core: synaptic events.
    var events: [Double] = []

    init(_ network: Network, _ cores: [WorkerCore]) {
        let simulation = network.simulation
        let perSecond = 1000 / (simulation.timestep * Double(simulation.timeScaleFactor))
        let spikes = SimulationLoad().spikesPerStep(in: network).map { $0 * perSecond }
        var incoming = [[Int]](repeating: [], count: network.populations.count)
        for (i, projection) in network.projections.enumerated() { incoming[projection.post].append(i) }
        let listed = network.projections.map { $0.listedSynapses(perNeuronOf: network.populations[$0.post].size) }
        let split = SplitCores(network)
        for core in cores {
            var stages = core.sendsPackets ? 1 : 0
            if case .delayExtension(let count) = core.role { stages = count }
            packets.append(Double(core.slice.count * stages) * spikes[core.population])
            var sum = 0.0
            if split.counts[core.population] > 0 || core.role == .neurons {
                for i in incoming[core.population] {
                    let projection = network.projections[i]
                    let synapses =
                        listed[i].isEmpty
                        ? projection.expectedSynapses(on: core.slice, in: network)
                        : Double(core.slice.total(ofRunning: listed[i]))
                    sum += split.share(of: projection, on: core) * synapses * spikes[projection.pre]
                }
            }
            events.append(sum)
        }
    }
}
