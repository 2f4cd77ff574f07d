import Diagnostics
import Fabric
import Mapping
import Results
import Synapses
import Topology
import Transport

/// A network that is mapped and loaded on every rank of a transport and can be run any number of times.
///
/// Every method is entered by all ranks.
final class Session {
    let options: RunOptions
    let transport: any Transport
    let input: RunInput
    let mapped: MappedNetwork
    /// What the logs say of the run.
    let description: RunDescription
    let loaded: RankNetwork
    let recorder: RankRecorder
    let emulation: RankEmulation
    /// The ranks that are not there, where one of many is run alone.
    let pretended: PretendedExchange?
    /// Of all ranks, when they were loaded.
    let synapses: Int
    /// Bytes of rows and inputs of all ranks.
    let memory: Int
    var seconds: PhaseSeconds
    /// With the changes made to it.
    var changedNetwork: Network
    /// As it is loaded again after a reset: with the changes made to it that the topology has not made itself.
    var resetNetwork: Network
    /// The same with the currents that are to come.
    var plannedNetwork: Network
    /// Changes that wait for their steps, ascending.
    var scheduled: [PreparedChange] = []
    /// Projections whose static synapses were given weights.
    var weighted: Set<Int> = []
    /// What changes do that a user may not expect.
    var changeWarnings: [String] = []
    /// The state before the first step and before all changes, where one is kept to go back to.
    private(set) var beginning: StateMemory?

    /// As it is loaded.
    var network: Network { loaded.network }
    /// The step to be made next.
    var step: Int { emulation.step }

    /// - Parameter keepsBeginning: To be able to begin again without loading.
    init(
        _ run: Run, _ input: RunInput, _ mapped: MappedNetwork, _ loaded: RankNetwork, _ recorder: RankRecorder,
        _ description: RunDescription, _ seconds: PhaseSeconds, keepsBeginning: Bool = false
    ) throws(Failure) {
        options = run.options
        transport = run.transport
        self.input = input
        self.mapped = mapped
        self.description = description
        self.loaded = loaded
        changedNetwork = loaded.network
        resetNetwork = loaded.network
        plannedNetwork = loaded.network
        self.recorder = recorder
        self.seconds = seconds
        pretended = try run.pretendOthers(loaded, mapped.ranks, description)
        let exchange: any PacketExchange
        if let pretended {
            exchange = pretended
        } else {
            exchange = try RankEmulation.makeExchange(loaded, options.exchange, on: transport)
        }
        emulation = RankEmulation(loaded, transport: transport, recorder: recorder, exchange: exchange)
        self.seconds.load = self.seconds.watch.lap()
        let sums = try transport.reduce([Int64(loaded.synapses), Int64(loaded.memory)], .sum)
        (synapses, memory) = (Int(sums[0]), Int(sums[1]))
        if keepsBeginning {
            let memory = StateMemory()
            try transport.phase { try emulation.encodeState(at: 0, into: memory, isOwn: true) }
            beginning = memory
        }
        try scheduleOwnChanges()
    }

    /// The same loaded network with logs of its own, to be given the state of another step; entered by all.
    init(renewing other: Session, _ recorder: RankRecorder) throws(Failure) {
        options = other.options
        transport = other.transport
        input = other.input
        mapped = other.mapped
        description = other.description
        loaded = other.loaded
        self.recorder = recorder
        seconds = PhaseSeconds()
        (changedNetwork, resetNetwork) = (other.changedNetwork, other.resetNetwork)
        plannedNetwork = changedNetwork
        weighted = other.weighted
        pretended = other.pretended
        (synapses, memory) = (other.synapses, other.memory)
        beginning = other.beginning
        emulation = RankEmulation(
            loaded, transport: transport, recorder: recorder, exchange: other.emulation.exchange)
    }

    /// Has the topology's own changes act when their steps come; entered by all.
    private func scheduleOwnChanges() throws(Failure) {
        let own = try prepare(network.changes, isOfTopology: true)
        changeWarnings = own.warnings
        try schedule(own.changes)
    }

    /// Goes back to the beginning, with the changes that stay after a reset; entered by all.
    ///
    /// - Throws: The agreed failure; `bug` where no beginning was kept.
    func begin() throws(Failure) {
        guard let beginning else { throw Failure(.bug, "there is no beginning to go back to") }
        (changedNetwork, plannedNetwork) = (resetNetwork, resetNetwork)
        begin(resetNetwork)
        try transport.phase {
            if !weighted.isEmpty { try emulation.changeRows(SynapseRules(network: network, scales: loaded.scales)) }
            try emulation.restoreState(at: 0, from: beginning, isBeginning: true)
        }
        (weighted, scheduled) = ([], [])
        try scheduleOwnChanges()
    }

    /// Runs so many steps from where the network is.
    ///
    /// - Parameters:
    ///   - realTime: Keeps pace with the wall clock; `nil`: as the options say.
    ///   - gate: Entered on the way.
    ///   - progress: Told the steps done since the beginning, after each window.
    /// - Throws: A failure agreed by all ranks.
    func run(
        steps: Int, realTime: Bool? = nil, gate: (any StepGate)? = nil, progress: (Int) -> Void
    ) throws(Failure) {
        let simulation = network.simulation
        let period =
            realTime ?? options.realTime ? UInt64(simulation.timestep * Double(simulation.timeScaleFactor) * 1e6) : nil
        let processorTime = Stopwatch.processorTime()
        try emulation.run(
            steps: steps, realTime: period, gate: gate ?? (scheduled.isEmpty ? nil : ChangeGate(self)),
            progress: progress)
        seconds.processor += Double(Stopwatch.processorTime() &- processorTime) * 1e-9
    }

    /// Completes the logs; nothing is run after that.
    func finish() throws(Failure) {
        try transport.phase { try recorder.finish(steps: emulation.step) }
        seconds.simulate = seconds.watch.lap()
        seconds.timers = emulation.timers
        if let pretended { seconds.exclude(pretended) }
    }
}
