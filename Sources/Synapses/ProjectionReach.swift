import Topology

/// Which rows of a rank the synapses of a projection belong to, and how their delays are split up.
struct ProjectionReach {
    let delays: DelayRule
    let tables: ReachTables

    /// - Parameters:
    ///   - preSize: Neurons of the source population `population`.
    ///   - longestDelay: Steps.
    ///   - slots: Steps that the target cores' ring buffers span.
    ///   - stageSteps: Steps between the stages of the source's delay extension.
    ///   - targets: Numbers of the target cores.
    ///   - cellOfRow: What the tables hold for a row of a block.
    init(
        preSize: Int, population: Int, longestDelay: Int, slots: Int, stageSteps: Int, targets: [Int],
        blocks: [SourceBlock], cellOfRow: (Int, Int) -> Int
    ) {
        let needsStages = longestDelay > slots
        let stages = needsStages ? (longestDelay - 1) / stageSteps : 0
        let stagesThere = blocks.filter { $0.population == population }.map(\.stages).max() ?? 0
        precondition(
            !needsStages || !blocks.contains { $0.population == population && $0.stages > 0 } || stages <= stagesThere,
            "a delay is longer than its delay extension's stages")
        tables = ReachTables(
            preSize: preSize, stages: stages, numbers: targets, blocks: blocks, population: population,
            cellOfRow: cellOfRow)
        delays = DelayRule(slots: needsStages ? slots : Int.max, stageSteps: stageSteps, preSize: preSize)
    }
}

/// Sends synapses whose delay the target's ring buffers do not span through a stage of the delay extension.
struct DelayRule {
    /// Longest delay that needs no stage.
    let slots: Int
    let stageSteps: Int
    let preSize: Int

    /// Replaces source and delay by the row of the stage, counted `stage · preSize + source`, and the rest of the
    /// delay.
    func apply(_ batch: SynapseBatch) {
        guard slots < Int.max else { return }
        for i in 0..<batch.count {
            let delay = Int(batch.delay[i])
            guard delay > slots else { continue }
            batch.pre[i] &+= UInt32(truncatingIfNeeded: (delay - 1) / stageSteps * preSize)
            batch.delay[i] = UInt32(truncatingIfNeeded: (delay - 1) % stageSteps + 1)
        }
    }
}

/// For each target core, the first counter of every source's row, or that its packets do not reach the target.
final class ReachTables {
    private var owned: [UnsafeMutablePointer<UInt32>] = []
    private var tables: [UnsafeMutablePointer<UInt32>] = []

    init(
        preSize: Int, stages: Int, numbers: [Int], blocks: [SourceBlock], population: Int,
        cellOfRow: (Int, Int) -> Int
    ) {
        let relevant = blocks.indices.filter { blocks[$0].population == population }
        var known: [[Bool]: UnsafeMutablePointer<UInt32>] = [:]
        for number in numbers {
            let reach = relevant.map { blocks[$0].reaches[number] }
            if let table = known[reach] {
                tables.append(table)
                continue
            }
            let count = preSize * (stages + 1)
            let table = UnsafeMutablePointer<UInt32>.allocate(capacity: max(count, 1))
            table.initialize(repeating: UInt32.max, count: max(count, 1))
            for (i, block) in relevant.enumerated() where reach[i] {
                let source = blocks[block]
                for row in 0..<source.rows {
                    let stage = source.stages == 0 ? 0 : row / source.slice.count + 1
                    guard stage <= stages else { break }
                    let neuron = source.slice[row % source.slice.count]
                    table[stage * preSize + neuron] = UInt32(truncatingIfNeeded: cellOfRow(block, row))
                }
            }
            known[reach] = table
            owned.append(table)
            tables.append(table)
        }
    }

    deinit { for table in owned { table.deallocate() } }

    func table(_ target: Int) -> UnsafeMutablePointer<UInt32> { tables[target] }
}
