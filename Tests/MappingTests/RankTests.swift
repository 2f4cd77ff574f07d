import Machine
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
            #expect(Set(assigned).count == min(ranks, mapping.cores.count { $0.neuronCore == nil }), "seed \(seed)")
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
        let assigned = assignRanks(mapping, of: network, ranks: ranks)
        for population in 0..<2 {
            let mine = assigned.indices.filter { mapping.cores[$0].population == population }
            #expect(mine.count == 100)
        }
        // Targets cost far more than sources, so each rank has its share of them.
        let targets = (0..<ranks).map { rank in (100..<200).count { assigned[$0] == Int32(rank) } }
        let (least, most) = (targets.min() ?? 0, targets.max() ?? 0)
        #expect(most - least <= max(2, 100 / ranks / 5))
    }

    /// Groups of cores that know only each other, numbered one after the other and placed apart: more than METIS is
    /// asked to cut.
    @Test func groupsByNumberStayTogether() throws {
        var network = pair(.oneToOne)
        network.populations[0].parameters["rate"] = .number(10)
        var mapping = try map(network).mapping
        let (groups, size) = (24_000, 5)
        var cores: [WorkerCore] = []
        var targets: [[Int]] = []
        for number in 0..<groups * size {
            var core = mapping.cores[0]
            core.chip = ChipCoordinate(number % 8, number / 8 % 8)
            cores.append(core)
            let first = number / size * size
            targets.append(Array(first..<first + size))
        }
        (mapping.cores, mapping.targets) = (cores, targets)
        let ranks = assignRanks(mapping, of: network, ranks: groups)
        #expect(ranks.indices.allSatisfy { ranks[$0] == Int32($0 / size) })
    }

    /// Two rings of populations that know nothing of each other: each belongs on a host of its own.
    @Test func hostsAreCutFirst() throws {
        var network = pair(.oneToOne, pre: 400, post: 400, perCore: 25)
        network.populations[0].parameters["rate"] = .number(10)
        let other = network.populations.map { population in
            var copy = population
            copy.name += "2"
            return copy
        }
        network.populations += other
        network.projections = [(0, 1), (2, 3)].map { pre, post in
            Projection(
                name: "\(pre)", pre: pre, post: post, connector: .allToAll(allowSelfConnections: true),
                synapse: network.projections[0].synapse)
        }
        let mapping = try map(network).mapping
        let load = SimulationLoad().expected(of: mapping.cores, in: network)
        let hosts = [0, 1, 0, 1]
        let ranks = assignRanks(mapping, of: network, ranks: 4, hosts: hosts)
        #expect(Set(ranks).count == 4)
        let balance = RankBalance(mapping, load, ranks: ranks, count: 4, hosts: hosts)
        #expect(balance.hostCut == 0 && balance.cut > 0 && balance.imbalance < 0.2)
        for first in [0, 2] {
            let own = mapping.cores.indices.filter { (first...first + 1).contains(mapping.cores[$0].population) }
            #expect(Set(own.map { hosts[Int(ranks[$0])] }).count == 1)
        }
    }

    @Test func balanceIsWhatTheSharesAre() throws {
        let network = pair(.oneToOne)
        let mapping = try map(network).mapping
        var load = SimulationLoad().expected(of: mapping.cores, in: network)
        load.costs = [3, 1, 1, 1, 0, 0, 0, 0]
        load.packets = [1, 1, 1, 1, 0, 0, 0, 0]
        // Source core i feeds core 4 + i.
        let balance = RankBalance(mapping, load, ranks: [0, 0, 1, 1, 0, 1, 1, 0], count: 2)
        #expect(balance.imbalance == 4.0 / 3 - 1 && balance.cut == 0.5 && balance.hostCut == 0)
    }

    @Test func whatWasCountedDecides() throws {
        let network = pair(.oneToOne)
        let mapping = try map(network).mapping
        let load = SimulationLoad().measured(
            of: mapping.cores, in: network, packets: [Int](repeating: 10, count: 8),
            events: [0, 0, 0, 0, 900, 0, 0, 0],
            steps: 10)
        #expect(load.packets == [Double](repeating: 1, count: 8))
        #expect(load.costs[4] == load.costs[5] + 90 * SimulationLoad().event)
        let ranks = assignRanks(mapping, of: network, ranks: 2, load: load)
        let balance = RankBalance(mapping, load, ranks: ranks, count: 2)
        #expect(balance.imbalance < 0.1)
    }
}
