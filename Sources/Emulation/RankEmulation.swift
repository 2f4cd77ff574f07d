public import Diagnostics
import Fabric
import Glibc
import Mapping
import Neurons
import Plasticity
import Results
import Synapses
import Topology
public import Transport

/// Advances one rank's worker cores step by step and exchanges packets with the other ranks.
///
/// A window of steps is updated, its packets are published, and once everybody's are here their rows are listed for the
/// steps they act in; a window is as long as the shortest delay allows, so nothing arrives late. Where synapses learn,
/// the target's spikes of a step come before the packets of that step. All packets of step t act within the ideal
/// semantics of the chip: delay d means the input of step t + d.
///
/// - Determinism: Spikes depend on the network alone, not on ranks or window length.
public final class RankEmulation {
    let loaded: RankNetwork
    let transport: any Transport
    let exchange: any PacketExchange
    let recorder: RankRecorder
    /// Processor time and load of every core, by place in ``RankNetwork/targets``.
    let load: CoreLoad
    /// The step to be made next.
    var step = 0
    private(set) var timers = PhaseTimers()
    /// What has gone wrong on this rank since all last agreed, in a run that goes on for the others' sake.
    private(set) var failure: Failure?
    /// Packets that arrived per incoming block, and what else is read and written at each of its runs.
    let blockHeads: UnsafeMutablePointer<BlockHead>
    /// Packets sent, by core number.
    private(set) var sent: [Int]
    /// Input of a state that was taken back which is still to come.
    var restored: PendingInput?
    let saturated: UnsafeMutablePointer<UInt32>
    /// Additions of plastic synapses that were cut, by neuron.
    let plasticSaturated: UnsafeMutablePointer<UInt32>
    private(set) var overruns = 0
    private(set) var packetsFromOtherRanks = 0
    /// Exchanges made, and words published in them.
    private(set) var windows = 0
    private(set) var wordsPublished = 0
    /// Nanoseconds from agreeing on the clock to its first step.
    private static let lead: UInt64 = 5_000_000
    /// The share of waiting in the processor time is taken of every so many windows, since asking for it costs as much
    /// as a short window; by each rank at another.
    private static let windowsPerSample = 64

    /// Neurons that fired, counted from their group's first and in their population.
    private let indices: UnsafeMutablePointer<UInt32>
    private let numbers: UnsafeMutablePointer<UInt32>
    /// The same, counted from the first neuron of one of the group's copies.
    private let copied: UnsafeMutablePointer<UInt32>
    private let sourceSpikes: UnsafeMutablePointer<SourceSpikes>
    private let sourceCounts: UnsafeMutablePointer<UInt8>
    /// A run of dense counts as packets.
    private let expandedRun: UnsafeMutablePointer<UInt32>
    private var rowList: UnsafeMutablePointer<RowSpikes>
    private var rowListCapacity: Int
    private let sources: UnsafeMutableBufferPointer<SourceHead>
    private var deliveries: Unmanaged<Deliveries>
    /// What has spikes under way from before weights were given, and the step from which on it has none.
    var leaving: [(deliveries: Deliveries, until: Int)] = []
    private let blocks: BlockTable
    private var rowPlaces: RowPlaces
    /// Ranks whose packets this rank reads, itself last, and where each reading stands.
    private let senders: [Int]
    private let ownPlace: Int
    private let readers: UnsafeMutablePointer<PacketReader>
    /// Runs are taken by ascending block: what comes of them depends on their order.
    private let isOrdered: Bool
    /// The runs of a step as they came, and block and place of each, by ascending block.
    private var runs: [PacketRun] = []
    private var order: [UInt64] = []

    /// - Parameter exchange: What packets cross ranks by; see ``makeExchange(_:_:on:)``.
    public init(
        _ loaded: RankNetwork, transport: any Transport, recorder: RankRecorder, exchange: any PacketExchange
    ) {
        self.loaded = loaded
        self.transport = transport
        self.recorder = recorder
        self.exchange = exchange
        load = CoreLoad(loaded)
        func words(_ count: Int) -> UnsafeMutablePointer<UInt32> {
            let pointer = UnsafeMutablePointer<UInt32>.allocate(capacity: max(count, 1))
            pointer.initialize(repeating: 0, count: max(count, 1))
            return pointer
        }
        saturated = words(loaded.ringBuffers.stride)
        plasticSaturated = words(loaded.ringBuffers.stride)
        blockHeads = .allocate(capacity: max(loaded.blocks.count, 1))
        for (place, block) in loaded.blocks.enumerated() {
            (blockHeads + place).initialize(to: BlockHead(block, recordsArrivals: recorder.arrivals.isRecording))
        }
        indices = words(loaded.groups.map(\.count).max() ?? 0)
        numbers = words(loaded.groups.map(\.count).max() ?? 0)
        copied = words(loaded.groups.map(\.count).max() ?? 0)
        sourceSpikes = .allocate(capacity: max(loaded.sources.map(\.count).max() ?? 0, 1))
        sourceCounts = .allocate(capacity: max(loaded.sources.map(\.count).max() ?? 0, 1))
        sources = .allocate(capacity: loaded.sources.count)
        _ = sources.initialize(
            from: loaded.sources.map { source in
                SourceHead(
                    source, reachesNobody: loaded.mapping.targets[source.core].isEmpty,
                    isRecorded: recorder.takesSpikes(source.population))
            })
        deliveries = .passUnretained(loaded.deliveries)
        expandedRun = words(2 * (loaded.blocks.map(\.rows).max() ?? 0))
        sent = Array(repeating: 0, count: loaded.mapping.cores.count)
        rowListCapacity = 4096
        rowList = .allocate(capacity: rowListCapacity)
        rowList.initialize(repeating: RowSpikes(row: 0), count: rowListCapacity)
        blocks = BlockTable(loaded.blocks.map(\.key))
        rowPlaces = loaded.deliveries.places
        senders = loaded.sourceRanks + [loaded.rank]
        ownPlace = loaded.sourceRanks.count
        readers = .allocate(capacity: senders.count)
        readers.initialize(
            repeating: PacketReader(UnsafeBufferPointer(start: nil, count: 0), isOwn: false), count: senders.count)
        isOrdered = loaded.plasticRows.synapses > 0 || loaded.structuralRows != nil
    }

    /// Counts recorded spikes from here on, and listens to those of some populations.
    func watch(_ populations: Set<Int>) {
        let watch = recorder.watch ?? SpikeWatch(loaded)
        watch.populations = populations
        recorder.watch = watch
        for place in sources.indices {
            sources[place].isRecorded = recorder.takesSpikes(loaded.sources[place].population)
        }
    }

    /// Sets up the exchange that ranks need; entered by all.
    public static func makeExchange(
        _ loaded: RankNetwork, _ mode: ExchangeMode, on transport: any Transport
    ) throws(Failure) -> any PacketExchange {
        let capacity = try transport.reduce([Int64(loaded.outboxCapacity)], .maximum)[0]
        return try transport.makeExchange(
            ExchangePlan(
                sources: loaded.sourceRanks, destinations: loaded.destinationRanks, capacity: Int(capacity), mode: mode)
        )
    }

    deinit {
        for pointer in [saturated, plasticSaturated, indices, numbers, copied, expandedRun] { pointer.deallocate() }
        sourceCounts.deallocate()
        sources.deallocate()
        blockHeads.deallocate()
        readers.deallocate()
        rowList.deallocate()
        sourceSpikes.deallocate()
    }

    /// Runs so many steps from where the network is.
    ///
    /// - Parameters:
    ///   - realTime: Nanoseconds per step to keep pace with; `nil`: as fast as possible.
    ///   - gate: Entered by all ranks before the steps it names; may end the run there.
    ///   - progress: Told the steps done since the beginning, after each window.
    /// - Throws: A failure agreed by all ranks.
    public func run(
        steps: Int, realTime: UInt64?, gate: (any StepGate)? = nil, progress: (Int) -> Void
    ) throws(Failure) {
        failure = nil
        var time = step
        var gateStep = gate?.next(from: time) ?? .max
        let (begin, end) = (step, step + steps)
        var sinceAgreement = 0
        try transport.barrier()
        var clock: UInt64 = 0
        while time < end {
            if let gate, time == gateStep {
                guard try gate.enter(time) else {
                    try transport.agree(failure)
                    return
                }
                gateStep = gate.next(from: time + 1)
            }
            var overdue = 0
            if let realTime, time > begin {
                // The first step finds nothing in caches; the clock begins with what comes after it.
                if clock == 0 { clock = try agreedStart(realTime, time) }
                overdue = pace(clock, realTime, time)
            }
            if failure == nil {
                var watch = Stopwatch()
                do { try recorder.recordWeights(beforeStep: time) } catch { failure = error }
                timers.record += watch.lap()
            }
            var count = min(loaded.window, end - time)
            // No step begins before the clock has called it; those that it has called go together, if all ranks know of
            // it.
            if realTime != nil { count = min(count, exchange.completedAt == nil ? 1 : 1 + overdue) }
            count = min(count, gateStep - time)
            // Recorded weights are those of whole steps: a window ends where they are taken.
            if let next = recorder.nextWeights(after: time) { count = min(count, next - time) }
            overruns += min(count, overdue)
            do {
                try oneWindow(time, count, recording: failure == nil)
            } catch {
                // Others wait for this rank's packets: carry on without recording until all meet.
                if failure == nil { failure = error }
            }
            time += count
            step = time
            sinceAgreement += count
            if sinceAgreement >= 1000 || time == end {
                sinceAgreement = 0
                try transport.agree(failure)
            }
            progress(time)
        }
    }

    /// When the clock of the steps began, of which step `time` is the next: the same moment for all ranks of a host,
    /// and such that all know of it before that step.
    ///
    /// The clocks of several hosts have nothing to do with each other; there it is this rank's own time.
    private func agreedStart(_ period: UInt64, _ time: Int) throws(Failure) -> UInt64 {
        // Before the machine itself began, where steps are long.
        let start = Stopwatch.now() &+ Self.lead &- UInt64(time) &* period
        guard transport.hosts == 1 else { return start }
        return UInt64(bitPattern: try transport.reduce([Int64(bitPattern: start)], .maximum)[0])
    }

    /// Waits for the wall clock to reach the step's begin; returns how many steps, this one the first, should be over
    /// by then.
    ///
    /// - Determinism: The same on all ranks where the exchange knows when it was completed.
    private func pace(_ start: UInt64, _ period: UInt64, _ time: Int) -> Int {
        let begin = start &+ UInt64(time) &* period
        let reached = exchange.completedAt ?? Stopwatch.now()
        // Signed, as it may lie ahead.
        let behind = Int64(bitPattern: reached &- begin)
        var now = Stopwatch.now()
        while now < begin {
            let rest = begin - now
            if rest > 200_000 { usleep(useconds_t((rest - 100_000) / 1000)) } else { sched_yield() }
            now = Stopwatch.now()
        }
        return max(0, Int(behind / Int64(period)))
    }

    private func oneWindow(_ time: Int, _ count: Int, recording: Bool) throws(Failure) {
        var failure: Failure?
        let isSampled = windows == 0 || (windows + loaded.rank) % Self.windowsPerSample == 0
        let processorTime = isSampled ? Stopwatch.processorTime() : 0
        var watch = Stopwatch()
        var writer = PacketWriter(exchange.outbox)
        for step in time..<(time + count) {
            timers.update += watch.lap()
            deliverDue(step)
            restored?.deliver(step: step, to: loaded.inputSums)
            timers.deliver += watch.lap()
            writer.beginStep()
            do {
                try update(step, &writer, recording: recording && failure == nil)
            } catch { failure = error }
            writer.endStep()
        }
        timers.record += recorder.seconds
        timers.update += watch.lap() - recorder.seconds
        recorder.seconds = 0
        try exchange.publish(count: writer.words)
        wordsPublished += writer.words
        timers.exchange += watch.lap()
        // What earlier spikes ask of the next step does not have to wait for the others' packets.
        deliverDue(time + count)
        timers.deliver += watch.lap()
        let beforeWait = isSampled ? Stopwatch.processorTime() : 0
        try exchange.complete()
        let afterWait = isSampled ? Stopwatch.processorTime() : 0
        windows += 1
        if let restored, time + count >= restored.end { self.restored = nil }
        timers.wait += watch.lap()
        deliver(time, count)
        if let first = leaving.first, first.until <= time + count {
            leaving.removeAll { $0.until <= time + count }
            shareSums()
        }
        timers.deliver += watch.lap()
        if isSampled {
            timers.sampledWait += afterWait &- beforeWait
            timers.sampledAll += Stopwatch.processorTime() &- processorTime
        }
        if let failure { throw failure }
    }

    /// Delivers what is due in a step.
    private func deliverDue(_ step: Int) {
        loaded.deliveries.deliver(step: step)
        guard !leaving.isEmpty else { return }
        for each in leaving { each.deliveries.deliver(step: step) }
    }

    /// Gives static synapses the weights that rules have for them, from the spikes of the step to come on.
    ///
    /// - Throws: `doesNotFit` when memory cannot be had.
    func changeRows(_ rules: SynapseRules) throws(Failure) {
        leaving.append((try loaded.changeRows(rules), step + loaded.stepsUnderWay))
        deliveries = .passUnretained(loaded.deliveries)
        rowPlaces = loaded.deliveries.places
        shareSums()
    }

    func shareSums() {
        for each in leaving.map(\.deliveries) + [loaded.deliveries] { each.share(among: leaving.count + 1) }
    }

    // MARK: - Update

    /// Advances everything by one step and writes the packets sent.
    private func update(_ step: Int, _ writer: inout PacketWriter, recording: Bool) throws(Failure) {
        let colour = UInt32(truncatingIfNeeded: step) & ((1 << UInt32(WorkerCore.colourBits)) - 1)
        var failure: Failure?
        let inputs = GroupInputs(ringBuffers: loaded.ringBuffers, sums: loaded.inputSums, saturated: saturated)
        for group in loaded.groups {
            do {
                if recording { try recorder.recordBeforeUpdate(group, step: step) }
                if group.recordsInput {
                    group.transfer(inputs, time: step)
                    if recording { try recorder.recordInput(group, step: step) }
                    group.advance(time: step)
                } else {
                    group.update(inputs, time: step)
                }
            } catch { failure = error }
            let fired = group.collect(indices)
            var at = 0
            for core in group.cores {
                guard at < fired else { break }
                let end = core.firstNeuron - group.first + core.slice.count
                guard Int(indices[at]) < end else { continue }
                let begin = at
                let first = UInt32(truncatingIfNeeded: core.firstNeuron - group.first)
                let key = loaded.mapping.cores[core.core].key
                var here = 1
                while at + here < fired && Int(indices[at + here]) < end { here += 1 }
                for i in at..<at + here {
                    numbers[i] = UInt32(truncatingIfNeeded: core.slice[Int(indices[i] &- first)])
                }
                for copy in 0..<(group.plasticities.isEmpty ? 0 : group.copies) {
                    for i in at..<at + here {
                        copied[i] = indices[i] &+ UInt32(truncatingIfNeeded: copy * group.count)
                    }
                    for plasticity in group.plasticities {
                        plasticity.targetsSpiked(copied + at, numbers: numbers + at, count: here, at: step)
                    }
                }
                // A core that feeds nobody has no key on the machine, and sends nothing.
                let sends = !loaded.mapping.targets[core.core].isEmpty
                writer.beginRun(core: key, payloads: false)
                while at < fired && Int(indices[at]) < end {
                    if sends { writer.send(key | (indices[at] &- first) &<< UInt32(WorkerCore.colourBits) | colour) }
                    at += 1
                }
                count(writer.endRun(), core.core)
                if recording && failure == nil {
                    do {
                        try recorder.recordSpikes(
                            step: step, population: group.population,
                            UnsafeBufferPointer(start: numbers + begin, count: at - begin))
                    } catch { failure = error }
                }
            }
        }
        for source in sources {
            if !source.isRecorded, source.core._withUnsafeGuaranteedRef({ $0.stepDense(step, sourceCounts) }) {
                if source.sends { count(writer.sendDense(core: source.key, sourceCounts, count: source.count), source) }
                continue
            }
            let active = source.core._withUnsafeGuaranteedRef { $0.step(step, sourceSpikes) }
            guard active > 0 else { continue }
            writer.beginRun(core: source.key, payloads: true)
            for i in 0..<(source.sends ? active : 0) {
                let key = source.key | sourceSpikes[i].source &<< UInt32(WorkerCore.colourBits) | colour
                writer.send(key, payload: sourceSpikes[i].count)
            }
            count(writer.endRun(), source)
            if recording && failure == nil && source.isRecorded {
                do {
                    try recorder.recordSourceSpikes(source.core.takeUnretainedValue(), step: step, sourceSpikes, active)
                } catch { failure = error }
            }
        }
        for delayed in loaded.extensions { count(delayed.send(time: step, into: &writer), delayed.core) }
        if recording && failure == nil { try recorder.endStep(step) }
        if let failure { throw failure }
    }

    private func count(_ packets: Int, _ source: SourceHead) {
        if !source.writesToMemory { count(packets, source.number) }
    }

    /// Takes back a count of packets sent.
    func setSent(_ packets: Int, core: Int) { sent[core] = packets }

    private func count(_ packets: Int, _ core: Int) {
        guard packets > 0 else { return }
        sent[core] += packets
    }

    // MARK: - Delivery

    /// Lists the rows that the packets of `count` steps from step `time` on ask for.
    private func deliver(_ time: Int, _ count: Int) {
        var reading = 0
        for place in senders.indices {
            let inbox = exchange.inbox(from: senders[place])
            guard !inbox.isEmpty else { continue }
            readers[reading] = PacketReader(inbox, isOwn: place == ownPlace)
            reading += 1
        }
        for step in time..<(time + count) {
            loaded.structuralRows?.rewire(step: step)
            recorder.recordRewiring(loaded.structuralRows?.changes ?? [])
            let rows = isOrdered ? takeOrdered(reading, step) : take(reading, step)
            loaded.deliveries.add(rowList, count: rows, time: step)
            loaded.plasticRows.deliver(
                rowList, count: rows, time: step, into: loaded.ringBuffers, saturated: plasticSaturated)
            load.endStep()
            recorder.recordArrivals(step: step)
        }
    }

    /// Turns the packets of a step into rows to deliver as they come; returns how many rows the list has.
    private func take(_ reading: Int, _ step: Int) -> Int {
        var rows = 0
        for i in 0..<reading {
            readers[i].nextStep()
            while let run = readers[i].nextRun() {
                guard let block = blocks[run.key] else { continue }
                if !readers[i].isOwn { packetsFromOtherRanks += run.count }
                rows = take(block, run, step, rows)
            }
        }
        return rows
    }

    /// Turns the packets of a step into rows to deliver, by ascending block; returns how many rows the list has.
    private func takeOrdered(_ reading: Int, _ step: Int) -> Int {
        runs.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        for i in 0..<reading {
            readers[i].nextStep()
            while let run = readers[i].nextRun() {
                guard let block = blocks[run.key] else { continue }
                order.append(UInt64(block) << 32 | UInt64(runs.count))
                runs.append(run)
                if !readers[i].isOwn { packetsFromOtherRanks += run.count }
            }
        }
        if runs.count > 1 { order.sort() }
        var rows = 0
        for entry in order {
            rows = take(Int(entry >> 32), runs[Int(entry & 0xFFFF_FFFF)], step, rows)
        }
        return rows
    }

    /// Turns a run of packets into rows to deliver; returns how many rows the list has then.
    private func take(_ block: Int, _ run: PacketRun, _ step: Int, _ rows: Int) -> Int {
        let head = blockHeads + block
        if run.denseKeys > 0 && !head.pointee.isDirect {
            return take(block, run.expanded(into: expandedRun), step, rows)
        }
        head.pointee.packets += run.count
        load.arrived(run.count, block: block)
        if run.denseKeys > 0 {
            if !head.pointee.isPlain { recorder.arrivals.arrived(run.count, at: loaded.blocks[block].reached) }
            deliveries._withUnsafeGuaranteedRef {
                $0.addDense(block, run.payloads, count: run.denseKeys, time: step)
            }
            return rows
        }
        let (first, mask) = (head.pointee.firstRow, head.pointee.mask)
        reserve(rows + run.count)
        if run.hasPayloads {
            for i in 0..<run.count {
                let row = first &+ (run.packets[2 * i] & ~mask) &>> UInt32(WorkerCore.colourBits)
                rowPlaces.expect(row)
                rowList[rows &+ i] = RowSpikes(row: row, spikes: run.packets[2 * i + 1])
            }
        } else {
            for i in 0..<run.count {
                let row = first &+ (run.packets[i] & ~mask) &>> UInt32(WorkerCore.colourBits)
                rowPlaces.expect(row)
                rowList[rows &+ i] = RowSpikes(row: row)
            }
        }
        if !head.pointee.isPlain { handOn(block, run, rowList + rows, step) }
        return rows + run.count
    }

    /// Takes a run to what is reached by it beside the rows.
    private func handOn(_ block: Int, _ run: PacketRun, _ list: UnsafePointer<RowSpikes>, _ step: Int) {
        let incoming = loaded.blocks[block]
        for place in incoming.extensions { loaded.extensions[place].receive(run, time: step) }
        recorder.arrivals.arrived(run.count, at: incoming.reached)
        if !incoming.routes.isEmpty || !incoming.listeners.isEmpty {
            deliverStructural(incoming, list, count: run.count, step)
        }
    }

    /// Takes spikes of a source core to the synapses that come and go, and to who takes note of them.
    private func deliverStructural(
        _ incoming: RankNetwork.IncomingBlock, _ list: UnsafePointer<RowSpikes>, count: Int, _ step: Int
    ) {
        guard let structuralRows = loaded.structuralRows else { return }
        let slice = loaded.mapping.cores[incoming.core].slice
        for spike in UnsafeBufferPointer(start: list, count: count) {
            let place = Int(spike.row) - incoming.firstRow
            // Of a delay extension's packets nobody asks for the source.
            let source = slice[place % slice.count]
            for route in incoming.routes {
                structuralRows.deliver(
                    route, source: source, spikes: spike.spikes, time: step, into: loaded.ringBuffers,
                    saturated: plasticSaturated)
            }
            for listener in incoming.listeners where listener.hears.isEmpty || listener.hears[place] {
                structuralRows.note(listener.listener, source: source, spikes: spike.spikes, time: step)
            }
        }
    }

    private func reserve(_ count: Int) {
        guard count > rowListCapacity else { return }
        let larger = UnsafeMutablePointer<RowSpikes>.allocate(capacity: 2 * count)
        larger.initialize(repeating: RowSpikes(row: 0), count: 2 * count)
        larger.update(from: rowList, count: rowListCapacity)
        rowList.deallocate()
        rowList = larger
        rowListCapacity = 2 * count
    }
}
