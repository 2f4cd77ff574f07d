// One rank out of many, without the others.
//
// What a rank of a hundred thousand needs in memory and time follows from its own share, and that can be built and run
// alone: it has the same cores, rows and incoming blocks, and reads the same packets in the same format. Only whose
// spikes those are has to come from elsewhere. Either they are replayed from a run of the same network that was really
// made: then the rank's own spikes are those of that run. Or they are drawn: each neuron of another rank fires
// independently at a given rate, each Poisson source at its own; then times and memory are what they would be, and
// spikes mean nothing.
//
// What it cannot tell is what waiting for others costs; `Scripts/cost-model` puts that together from measured messages.

import Diagnostics
import Fabric
import FixedPoint
import Glibc
import Mapping
import Results
import Sampling
import Topology

/// A run of one rank of many, as a user asks for it.
public struct Pretence: Sendable {
    /// Ranks in all.
    public var ranks: Int
    /// The one that is run.
    public var rank: Int
    /// Hz of every neuron of another rank.
    public var rate: Double
    /// Results folder of a real run of the same network, whose spikes are replayed; `nil`: spikes are drawn.
    public var replayed: String?

    public init(ranks: Int, rank: Int, rate: Double = 10, replayed: String? = nil) {
        self.ranks = ranks
        self.rank = rank
        self.rate = rate
        self.replayed = replayed
    }
}

/// The packets that the other ranks would send to this one.
final class PretendedRanks {
    /// A core of another rank that sends.
    private struct Sender {
        var core: Int
        var population: Int
        var slice: NeuronSlice
        var key: UInt32
        var role: WorkerCore.Role
        var stageSteps: Int
        /// Spikes of one neuron in a step, expected.
        var rate: Double

        var stages: Int { if case .delayExtension(let stages) = role { stages } else { 1 } }
        var hasPayloads: Bool { role != .neurons }
    }

    /// By other rank whose packets come here, in the order of `RankNetwork.sourceRanks`.
    private var senders: [[Sender]] = []
    private let philox: Philox4x32
    /// By core of the mapping: step and neuron of the slice of each spike, ascending; empty where spikes are drawn.
    private var replayed: [Int: [UInt64]] = [:]
    private let isReplay: Bool

    /// - Parameter description: Of the run to be made; a replayed one has to be its equal.
    /// - Throws: `noInput`, `badInput` for a run that cannot be replayed.
    init(_ pretence: Pretence, of loaded: RankNetwork, ranks: [Int32], run description: RunDescription) throws(Failure)
    {
        philox = Philox4x32(key: loaded.network.simulation.seed)
        isReplay = pretence.replayed != nil
        var load = SimulationLoad()
        load.rate = pretence.rate
        let rates = load.spikesPerStep(in: loaded.network)
        var place: [Int32: Int] = [:]
        for (i, rank) in loaded.sourceRanks.enumerated() { place[Int32(rank)] = i }
        senders = Array(repeating: [], count: loaded.sourceRanks.count)
        for (number, core) in loaded.mapping.cores.enumerated() {
            guard !loaded.mapping.targets[number].isEmpty, let i = place[ranks[number]] else { continue }
            senders[i].append(
                Sender(
                    core: number, population: core.population, slice: core.slice, key: core.key, role: core.role,
                    stageSteps: core.delaySlots, rate: rates[core.population]))
        }
        if let folder = pretence.replayed { try replay(folder, description) }
    }

    /// Most words that one of the other ranks can send at once.
    func capacity(steps: Int) -> Int {
        senders.map { cores in
            let keys = cores.reduce(0) { $1.hasPayloads ? $0 : $0 + $1.slice.count }
            let payloads = cores.reduce(0) { $1.hasPayloads ? $0 + $1.slice.count * $1.stages : $0 }
            return PacketWriter.capacity(cores: cores.count, packets: keys, payloadPackets: payloads, steps: steps)
        }.max() ?? 0
    }

    /// Writes what the `place`th source rank sends in `count` steps from `time` on; returns words written.
    func write(_ place: Int, time: Int, count: Int, to words: UnsafeMutablePointer<UInt32>) -> Int {
        var writer = PacketWriter(words)
        for step in time..<(time + count) {
            writer.beginStep()
            for sender in senders[place] {
                writer.beginRun(core: sender.key, payloads: sender.hasPayloads)
                for stage in 0..<sender.stages {
                    if isReplay {
                        replay(sender, stage: stage, step: step, into: &writer)
                    } else {
                        draw(sender, stage: stage, step: step, into: &writer)
                    }
                }
                _ = writer.endRun()
            }
            writer.endStep()
        }
        return writer.count
    }

    private func send(
        _ index: Int, _ spikes: UInt32, of sender: Sender, stage: Int, step: Int, into writer: inout PacketWriter
    ) {
        let colour = UInt32(truncatingIfNeeded: step) & ((1 << UInt32(WorkerCore.colourBits)) - 1)
        // A delay extension numbers its keys stage by stage.
        let number = UInt32(truncatingIfNeeded: stage * sender.slice.count + index)
        let key = sender.key | number << UInt32(WorkerCore.colourBits) | colour
        if sender.hasPayloads { writer.send(key, payload: spikes) } else { writer.send(key) }
    }

    // MARK: - Drawn

    /// Goes from one spiking neuron to the next by geometric gaps.
    ///
    /// - Determinism: A function of seed, core, stage and step.
    private func draw(_ sender: Sender, stage: Int, step: Int, into writer: inout PacketWriter) {
        guard sender.rate > 0 else { return }
        let silent = exp(-sender.rate)
        let perGap = 1 / -sender.rate
        var index = -1
        var number: UInt32 = 0
        while true {
            let words = philox.block(
                UInt32(truncatingIfNeeded: sender.core), UInt32(truncatingIfNeeded: step),
                UInt32(truncatingIfNeeded: stage) << 20 | number, DrawPurpose.pretended)
            number += 1
            let uniform = (Double(words.0) + 0.5) / 4_294_967_296
            let gap = log(uniform) * perGap
            guard gap < Double(sender.slice.count) else { return }
            index += 1 + Int(gap)
            guard index < sender.slice.count else { return }
            var spikes: UInt32 = 1
            if sender.hasPayloads {
                // A Poisson number, given that it is not zero.
                var rest = (Double(words.1) + 0.5) / 4_294_967_296 * (1 - silent)
                var probability = silent * sender.rate
                while rest > probability && spikes < 10_000 {
                    rest -= probability
                    spikes += 1
                    probability *= sender.rate / Double(spikes)
                }
            }
            send(index, spikes, of: sender, stage: stage, step: step, into: &writer)
        }
    }

    // MARK: - Replayed

    private func replay(_ folder: String, _ description: RunDescription) throws(Failure) {
        let summary = try RunSummary(path: folder + "/run.json")
        guard summary.status == "complete", summary.topologySHA256 == description.topologySHA256,
            summary.seed == description.seed, summary.steps >= description.steps
        else {
            throw Failure(
                .badInput,
                """
                \(folder) cannot be replayed: it is not a complete run of this topology file with seed \
                \(description.seed) and at least \(description.steps) steps
                """)
        }
        for sender in senders.joined() {
            let population = description.populations[sender.population]
            guard population.recordsSpikes, population.recordedNeurons == population.size else {
                throw Failure(
                    .badInput,
                    "\(folder) cannot be replayed: not all spikes of population \(population.name) were recorded")
            }
            replayed[sender.core] = []
        }
        let sink = SpikeSorter(senders.joined().map { ($0.core, $0.population, $0.slice) })
        _ = try SonataSpikeReader(path: folder + "/spikes.h5").read(into: [sink])
        replayed = sink.spikes
    }

    private func replay(_ sender: Sender, stage: Int, step: Int, into writer: inout PacketWriter) {
        var delay = 0
        if case .delayExtension = sender.role { delay = (stage + 1) * sender.stageSteps }
        guard step >= delay, let spikes = replayed[sender.core] else { return }
        let first = UInt64(step - delay) << 32
        var (low, high) = (0, spikes.count)
        while low < high {
            let middle = (low + high) / 2
            if spikes[middle] < first { low = middle + 1 } else { high = middle }
        }
        while low < spikes.count, spikes[low] >> 32 == first >> 32 {
            let spike = spikes[low]
            var count: UInt32 = 1
            low += 1
            while sender.hasPayloads, low < spikes.count, spikes[low] == spike {
                count += 1
                low += 1
            }
            send(Int(spike & 0xFFFF_FFFF), count, of: sender, stage: stage, step: step, into: &writer)
        }
    }
}

/// Keeps the spikes of some cores.
private final class SpikeSorter: SpikeSink {
    /// By core: step and place in the slice, ascending.
    private(set) var spikes: [Int: [UInt64]] = [:]
    /// By population, slices ascending; a delay extension has the slice of its source.
    private var slices: [Int: [(slice: NeuronSlice, core: Int)]] = [:]

    init(_ cores: [(core: Int, population: Int, slice: NeuronSlice)]) {
        for (core, population, slice) in cores {
            slices[population, default: []].append((slice, core))
            spikes[core] = []
        }
    }

    func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        for (slice, core) in slices[population] ?? [] {
            var (low, high) = (0, neurons.count)
            while low < high {
                let middle = (low + high) / 2
                if Int(neurons[middle]) < slice.lowerBound { low = middle + 1 } else { high = middle }
            }
            while low < neurons.count, Int(neurons[low]) < slice.upperBound {
                if let place = slice.place(of: Int(neurons[low])) {
                    spikes[core, default: []].append(UInt64(step) << 32 | UInt64(place))
                }
                low += 1
            }
        }
    }

    func finish() throws(Failure) {}
}
