import Diagnostics
import Foundation
import Machine
import Mapping
import Testing
import Topology

/// What holds for every mapping, on random networks and random machines with random faults.
///
/// `Scripts/check-mapping` runs ten thousand of them.
@Suite struct MappingProperties {
    private static let blocks = 20
    /// Networks of each property.
    private static let networks =
        ProcessInfo.processInfo.environment["SPINNSIM_NETWORKS"].flatMap { Int($0) } ?? 1000

    /// Seeds of a block.
    private func seeds(_ block: Int) -> Range<Int> {
        let each = max(1, Self.networks / Self.blocks)
        return block * each..<(block + 1) * each
    }

    /// Every source reaches its targets once and nothing else, without loops, over working links, with whatever choice
    /// of algorithms; or the mapping is refused with a reason.
    @Test(arguments: 0..<blocks)
    func spikesArriveWhereTheyShould(block: Int) throws {
        let choices = MappingOptions.all
        var mapped = 0
        for seed in seeds(block) {
            var machine = MachineRequest.random(seed: seed)
            // Some machines are short of something.
            if seed % 7 == 0 { machine.routerEntries = seed % 40 }
            if seed % 11 == 0 { machine.core.sdram = 150_000 + 10_000 * (seed % 13) }
            let network = Network.random(seed: seed, machine: machine, mostNeurons: seed % 5 == 0 ? 300 : 80)
            // Every second network takes the default, the others all choices in turn.
            let options = seed % 2 == 0 ? MappingOptions() : choices[seed / 2 % choices.count]
            do {
                let (mapping, summary) = try map(network, options: options)
                let report = check(mapping, of: network)
                #expect(report.problems.isEmpty, "seed \(seed): \(report.problems.prefix(3))")
                #expect(report.links == summary.treeLinks, "seed \(seed)")
                #expect(report.deliveries == mapping.targets.reduce(0) { $0 + $1.count }, "seed \(seed)")
                #expect(summary.entries <= max(summary.entriesMerged, 0), "seed \(seed)")
                mapped += 1
            } catch let failure {
                #expect(failure.exitCode == .doesNotFit, "seed \(seed): \(failure)")
                #expect(
                    failure.message.contains("use ") || failure.message.contains("would do"), "seed \(seed): \(failure)"
                )
            }
        }
        #expect(mapped > seeds(block).count / 2)
    }

    /// Every combination of algorithms maps.
    @Test(arguments: MappingOptions.all)
    func everyChoiceMaps(options: MappingOptions) throws {
        for seed in 0..<2 {
            let network = Network.random(seed: seed, mostNeurons: 200)
            #expect(check(try map(network, options: options).mapping, of: network).problems.isEmpty)
        }
    }
}
