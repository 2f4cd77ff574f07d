import Mapping
internal import Snapshots
import Topology

/// A delay extension: repeats the spikes of a source core some ring-buffer lengths later, one key block a stage.
final class DelayExtensionCore {
    /// Number of the core in the mapping.
    let core: Int
    let key: UInt32
    let neurons: Int
    let stages: Int
    let stageSteps: Int
    /// Spikes received, by step modulo the history's length: neuron and count in turn.
    private var history: [[UInt32]]

    init(core number: Int, _ core: WorkerCore, stages: Int) {
        self.core = number
        key = core.key
        neurons = core.slice.count
        self.stages = stages
        stageSteps = core.delaySlots
        history = Array(repeating: [], count: stages * core.delaySlots + core.delaySlots + 1)
    }

    /// Takes in the spikes of step `time`; the keys' low bits tell the neuron.
    func receive(_ run: PacketRun, time: Int) {
        let slot = time % history.count
        let stride = run.hasPayloads ? 2 : 1
        for i in 0..<run.count {
            let key = run.packets[i * stride]
            history[slot].append((key &- run.key) >> UInt32(WorkerCore.colourBits))
            history[slot].append(run.hasPayloads ? run.packets[i * stride + 1] : 1)
        }
    }

    /// Sends what is due in step `time`; returns packets sent.
    func send(time: Int, into writer: inout PacketWriter) -> Int {
        let colour = UInt32(truncatingIfNeeded: time) & ((1 << UInt32(WorkerCore.colourBits)) - 1)
        writer.beginRun(core: key, payloads: true)
        for stage in 1...stages where time >= stage * stageSteps {
            let due = history[(time - stage * stageSteps) % history.count]
            let base = UInt32(truncatingIfNeeded: (stage - 1) * neurons)
            for i in stride(from: 0, to: due.count, by: 2) {
                let index = base + due[i]
                writer.send(key | index << UInt32(WorkerCore.colourBits) | colour, payload: due[i + 1])
            }
        }
        // What the last stage has sent is not needed again; the slot belongs to a step to come.
        history[(time + 1) % history.count].removeAll(keepingCapacity: true)
        return writer.endRun()
    }
}

extension DelayExtensionCore {
    /// Writes the spikes that are still to be repeated.
    func encode(into writer: inout StateWriter) {
        for spikes in history {
            writer.append(spikes.count)
            for word in spikes { writer.append(word) }
        }
    }

    /// Takes back what ``encode(into:)`` wrote.
    func restore(from reader: inout StateReader) {
        for slot in history.indices { history[slot] = (0..<reader.count()).map { _ in reader.word() } }
    }
}
