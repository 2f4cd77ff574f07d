import Mapping
import Testing
import Topology

@Suite struct RankTests {
    @Test(arguments: [1, 2, 3, 7, 64])
    func everyRankHasWork(ranks: Int) throws {
        for seed in 0..<30 {
            let network = Network.random(seed: seed, mostNeurons: 1000)
            let mapping = try map(network).mapping
            let assigned = assignRanks(mapping, of: network, ranks: ranks)
            #expect(assigned.count == mapping.cores.count)
            #expect(assigned.allSatisfy { (0..<Int32(ranks)).contains($0) })
            #expect(Set(assigned).count == min(ranks, mapping.cores.count), "seed \(seed)")
            #expect(assigned == assignRanks(mapping, of: network, ranks: ranks))
        }
    }

    @Test func moreRanksThanCoresLeaveSomeIdle() throws {
        let network = pair(.oneToOne)
        let mapping = try map(network).mapping
        #expect(assignRanks(mapping, of: network, ranks: 100) == (0..<8).map(Int32.init))
        #expect(assignRanks(mapping, of: network, ranks: 8) == (0..<8).map(Int32.init))
        #expect(assignRanks(mapping, of: network, ranks: 1) == [Int32](repeating: 0, count: 8))
    }

    @Test func partnersStayTogether() throws {
        let network = pair(
            .oneToOne, pre: 1000, post: 1000, perCore: 50, delay: .distribution(.uniform(low: 1, high: 300)))
        let mapping = try map(network).mapping
        let ranks = assignRanks(mapping, of: network, ranks: 4)
        let apart = mapping.targets.indices.reduce(0) { sum, core in
            sum + mapping.targets[core].count { ranks[$0] != ranks[core] }
        }
        #expect(apart <= 6)
    }

    @Test(arguments: [2, 5, 16])
    func loadIsBalanced(ranks: Int) throws {
        var network = pair(.allToAll(allowSelfConnections: true), pre: 2000, post: 2000, perCore: 20)
        network.populations[0].parameters["rate"] = .number(10)
        let mapping = try map(network).mapping
        let load = SimulationLoad()
        let assigned = assignRanks(mapping, of: network, ranks: ranks, load: load)
        for population in 0..<2 {
            let mine = assigned.indices.filter { mapping.cores[$0].population == population }
            #expect(mine.count == 100)
        }
        // Targets cost far more than sources, so each rank has its share of them.
        let targets = (0..<ranks).map { rank in (100..<200).count { assigned[$0] == Int32(rank) } }
        let (least, most) = (targets.min() ?? 0, targets.max() ?? 0)
        #expect(most - least <= max(2, 100 / ranks / 5))
    }
}
