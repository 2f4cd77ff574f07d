import Diagnostics
import Mapping
import Results
import Synapses
import Topology

/// Counts the packets that arrive at the cores of populations that record `packets-per-timestep`.
///
/// As on the chip, a step's value is the number of packets that arrived in the step before.
///
/// - Source: Documentation/Chip.md, "Combined cores".
final class ArrivalRecorder {
    /// A population's cores on this rank.
    private struct Signal {
        var number: Int
        /// Steps.
        var interval: Int
        /// Places in ``RankNetwork/targets``.
        var targets: [Int]
    }

    /// By core of the population, numbered from 0.
    private(set) var descriptions: [FrameSignal] = []
    private var signals: [Signal] = []
    /// Packets of the step at hand by place in ``RankNetwork/targets``; empty when nothing is recorded.
    private var packets: [UInt32] = []
    /// Those of the step before.
    private var earlier: [UInt32] = []

    init(_ loaded: RankNetwork, numberedFrom first: Int) {
        let network = loaded.network
        for (index, population) in network.populations.enumerated() {
            guard let recording = population.recording(CellModel.packetsPerTimestep) else { continue }
            func takesPackets(_ role: WorkerCore.Role) -> Bool {
                if case .synapses = role { return true }
                return role == .neurons && population.synapseCores == nil
            }
            let cores = loaded.mapping.cores.indices
                .filter { loaded.mapping.cores[$0].population == index && takesPackets(loaded.mapping.cores[$0].role) }
                .sorted {
                    (loaded.mapping.cores[$0].slice.lowerBound, $0) < (loaded.mapping.cores[$1].slice.lowerBound, $1)
                }
            let targets = loaded.targets.indices.filter { cores.contains(loaded.targets[$0].core) }
            guard !targets.isEmpty else { continue }
            let timestep = network.simulation.timestep
            let interval = max(1, Int(((recording.interval ?? timestep) / timestep).rounded()))
            signals.append(Signal(number: first + signals.count, interval: interval, targets: targets))
            descriptions.append(
                FrameSignal(
                    population: index, variable: recording.variable,
                    units: population.model.units(of: recording.variable), interval: interval,
                    neurons: targets.map { place in
                        UInt32(cores.firstIndex(of: loaded.targets[place].core) ?? 0)
                    }))
        }
        if !signals.isEmpty { packets = Array(repeating: 0, count: loaded.targets.count) }
        earlier = packets
    }

    /// There is something to count.
    var isRecording: Bool { !signals.isEmpty }

    /// Counts packets that arrived at cores.
    func arrived(_ count: Int, at targets: [Int]) {
        guard !packets.isEmpty else { return }
        for target in targets { packets[target] += UInt32(truncatingIfNeeded: count) }
    }

    /// Logs the packets of the step before as the values of this one; nothing arrives before the first.
    func endStep(_ step: Int, _ frames: FrameSpillWriter) throws(Failure) {
        guard !packets.isEmpty else { return }
        for signal in signals {
            guard step % signal.interval == 0 else { continue }
            try frames.append(
                signal: signal.number, step: UInt32(truncatingIfNeeded: step),
                values: signal.targets.map { Float(earlier[$0]) })
        }
        swap(&packets, &earlier)
        for place in packets.indices { packets[place] = 0 }
    }

    /// Packets of the last step at a target; 0 where nothing is recorded.
    func lastPackets(at target: Int) -> UInt32 { earlier.isEmpty ? 0 : earlier[target] }

    /// Takes back what ``lastPackets(at:)`` gave.
    func setLastPackets(_ packets: UInt32, at target: Int) {
        if !earlier.isEmpty { earlier[target] = packets }
    }
}
