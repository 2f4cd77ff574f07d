import Diagnostics
import Foundation

/// A quantity over ranks.
public struct Spread: Codable, Sendable, Equatable {
    public var min: Double
    public var mean: Double
    public var max: Double

    public init(min: Double = 0, mean: Double = 0, max: Double = 0) {
        self.min = min
        self.mean = mean
        self.max = max
    }

    /// The spread of one value per rank; zeros for none.
    public init(_ values: [Double]) {
        min = values.min() ?? 0
        mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        max = values.max() ?? 0
    }
}

/// Seconds of a phase over ranks, with the parts of the phase beside them in JSON.
public struct Phase: Codable, Sendable, Equatable {
    public var total: Spread
    /// By name, such as `update`.
    public var parts: [String: Spread]

    public init(_ total: Spread = Spread(), parts: [String: Spread] = [:]) {
        self.total = total
        self.parts = parts
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        total = try Spread(from: decoder)
        parts = [:]
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where !["min", "mean", "max"].contains(key.stringValue) {
            parts[key.stringValue] = try container.decode(Spread.self, forKey: key)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try total.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        for (name, part) in parts { try container.encode(part, forKey: Key(stringValue: name)) }
    }
}

/// What `run.json` says; its presence with the status `complete` is what makes a run complete.
public struct RunSummary: Codable, Sendable, Equatable {
    /// One population, recorded or not.
    public struct Population: Codable, Sendable, Equatable {
        public var name: String
        public var size: Int
        public var model: String
        /// `nil`: not recorded.
        public var spikes: Int?
        /// Neurons whose spikes are recorded; `nil`: none.
        public var recorded: Int?
        /// Mean spikes per recorded neuron and second of model time; `nil`: not recorded.
        public var rate: Double?

        public init(
            name: String, size: Int, model: String, spikes: Int? = nil, recorded: Int? = nil, rate: Double? = nil
        ) {
            self.name = name
            self.size = size
            self.model = model
            self.spikes = spikes
            self.recorded = recorded
            self.rate = rate
        }
    }

    /// Seconds by phase.
    public struct Phases: Codable, Sendable, Equatable {
        public var read = Phase()
        public var map = Phase()
        public var load = Phase()
        /// With the parts `update`, `deliver`, `exchange`, `wait`, `record`.
        public var simulate = Phase()
        public var gather = Phase()

        public init() {}

        /// In the order of a run.
        var inOrder: [(name: String, phase: Phase)] {
            [("read", read), ("map", map), ("load", load), ("simulate", simulate), ("gather", gather)]
        }
    }

    /// How spikes cross rank boundaries.
    public struct Exchange: Codable, Sendable, Equatable {
        public var kind: String
        public var parameters: [String: Double]

        public init(kind: String = "", parameters: [String: Double] = [:]) {
            self.kind = kind
            self.parameters = parameters
        }
    }

    /// What one rank of many was, run without the others: times and memory are what they would be, no result is.
    public struct Pretended: Codable, Sendable, Equatable {
        public var ranks: Int
        public var rank: Int
        /// `drawn` or `replayed`.
        public var spikes: String
        /// Hz of the others' neurons, where drawn.
        public var rate: Double?
        public var cores: Int
        public var neurons: Int
        /// Bytes of rows and inputs.
        public var networkMemory: Int
        /// Seconds that making up the others' spikes took; left out of all phases.
        public var pretendingSeconds: Double

        public init(
            ranks: Int, rank: Int, spikes: String, rate: Double?, cores: Int, neurons: Int, networkMemory: Int,
            pretendingSeconds: Double
        ) {
            self.ranks = ranks
            self.rank = rank
            self.spikes = spikes
            self.rate = rate
            self.cores = cores
            self.neurons = neurons
            self.networkMemory = networkMemory
            self.pretendingSeconds = pretendingSeconds
        }

        enum CodingKeys: String, CodingKey {
            case ranks, rank, spikes, rate, cores, neurons
            case networkMemory = "network_memory"
            case pretendingSeconds = "pretending_seconds"
        }
    }

    /// How evenly the ranks share the work, and what has to cross between them, before the run.
    public struct Balance: Codable, Sendable, Equatable {
        /// What it was made by: `expected` or `pilot`.
        public var method: String
        /// Load of the fullest rank over the mean, less one.
        public var imbalance: Double
        /// Part of the packets that leave their rank.
        public var cut: Double
        /// Part of the packets that leave their host.
        public var hostCut: Double

        public init(method: String, imbalance: Double, cut: Double, hostCut: Double) {
            self.method = method
            self.imbalance = imbalance
            self.cut = cut
            self.hostCut = hostCut
        }

        enum CodingKeys: String, CodingKey {
            case method, imbalance, cut
            case hostCut = "host_cut"
        }
    }

    /// The emulated machine.
    public struct Machine: Codable, Sendable, Equatable {
        public var width: Int
        public var height: Int
        public var boards: Int
        public var chips: Int
        public var chipsUsed: Int
        public var cores: Int

        public init(width: Int, height: Int, boards: Int, chips: Int, chipsUsed: Int, cores: Int) {
            self.width = width
            self.height = height
            self.boards = boards
            self.chips = chips
            self.chipsUsed = chipsUsed
            self.cores = cores
        }

        enum CodingKeys: String, CodingKey {
            case width, height, boards, chips, cores
            case chipsUsed = "chips_used"
        }
    }

    public var format = "spinnsim-run/1"
    public var status = "complete"
    public var name = ""
    public var seed: UInt64 = 0
    public var topologySHA256 = ""
    public var steps = 0
    /// ms.
    public var timestep = 1.0
    public var spikes = 0
    public var spikeHash = ""
    public var populations: [Population] = []
    public var synapses = 0
    /// Synapses that a spike passed.
    public var synapticEvents = 0
    /// Additions to ring buffers that were cut at 65535.
    public var saturations = 0
    /// Multicast packets by kind, such as `local`, `external`, `dropped`.
    public var packets: [String: Int] = [:]
    public var machine: Machine?
    public var ranks = 1
    /// Which rank this was, where the others were pretended; `status` is then `pretended`.
    public var pretended: Pretended?
    public var hosts: [String] = []
    public var balance: Balance?
    public var exchange = Exchange()
    public var phases = Phases()
    /// Names of the bars of `rankPhases`.
    public var rankPhaseNames: [String]?
    /// Seconds by rank and phase, `[ranks][rankPhaseNames]`; may be left out.
    public var rankPhases: [[Double]]?
    /// Wall-clock time of `simulate` over model time.
    public var realTimeFactor = 0.0
    /// Bytes.
    public var peakRSS = Spread()
    /// Processor seconds of `simulate` and of its part `wait`, all ranks together.
    public var processorSeconds: [String: Double]?
    /// Steps that came too late in real-time mode.
    public var overruns = 0
    /// By component, such as `spinnsim`, `swift`, `mpi`, `hdf5`, `metis`.
    public var versions: [String: String] = [:]
    public var reports: [FrameReport] = []
    public var weights: [WeightReport] = []
    public var rewiring: [RewiringReport] = []
    public var warnings: [String] = []

    public init() {}

    /// A summary with what the description and the merged spikes say.
    public init(run: RunDescription, merged: MergedSpikes) {
        name = run.name
        seed = run.seed
        topologySHA256 = run.topologySHA256
        steps = run.steps
        timestep = run.timestep
        ranks = run.ranks
        spikes = merged.spikes
        spikeHash = merged.hash
        let seconds = Double(run.steps) * run.timestep / 1000
        populations = run.populations.enumerated().map { index, population in
            let count = index < merged.perPopulation.count ? merged.perPopulation[index] : 0
            guard population.recordsSpikes else {
                return Population(name: population.name, size: population.size, model: population.model)
            }
            return Population(
                name: population.name, size: population.size, model: population.model, spikes: count,
                recorded: population.recordedNeurons, rate: population.rate(spikes: count, seconds: seconds))
        }
    }

    enum CodingKeys: String, CodingKey {
        case format, status, pretended, name, seed, steps, timestep, spikes, populations, synapses, packets, machine,
            ranks, hosts, balance
        case exchange, phases, overruns, versions, reports, weights, rewiring, warnings, saturations
        case topologySHA256 = "topology_sha256"
        case spikeHash = "spike_hash"
        case synapticEvents = "synaptic_events"
        case rankPhaseNames = "rank_phase_names"
        case rankPhases = "rank_phases"
        case realTimeFactor = "real_time_factor"
        case processorSeconds = "processor_seconds"
        case peakRSS = "peak_rss"
    }

    /// The text of `run.json`.
    ///
    /// Numbers that JSON cannot hold are written as the texts `Infinity`, `-Infinity`, `NaN`.
    public func json() throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        guard let data = try? encoder.encode(self) else { throw Failure(.bug, "cannot encode run.json") }
        return Array(data) + Array("\n".utf8)
    }
}
