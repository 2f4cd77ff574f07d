import Diagnostics
import Mapping
import Testing
import Topology

@Suite struct CoreMemoryTests {
    private let all = Connector.allToAll(allowSelfConnections: true)

    /// (longest row + 3) words for every source neuron.
    @Test func rowsAreAsLongAsTheLongest() throws {
        func rows(_ connector: Connector, pre: Int = 1000) throws -> [Int] {
            try partition(pair(connector, pre: pre)).slices.suffix(4).map(\.regions.rows)
        }
        #expect(try rows(all) == Array(repeating: 1000 * (25 + 3) * 4, count: 4))
        #expect(try rows(.oneToOne) == Array(repeating: 1000 * (1 + 3) * 4, count: 4))
        // Of 1000 draws of 25 with probability 0.1 the largest is 9 or fewer in 99 of 100 cases.
        #expect(try rows(.fixedProbability(p: 0.1, allowSelfConnections: true))[0] == 1000 * (9 + 3) * 4)
        let list = (0..<40).map { ListedConnection(pre: 0, post: Int32($0)) }
        #expect(try rows(.fromList(list), pre: 100) == [28, 18, 3, 3].map { 100 * $0 * 4 })
    }

    /// What is reserved holds the rows of draws as the connector makes them, but for about one matrix in a hundred.
    @Test func reservedRowsHoldDraws() throws {
        var random = TestRandom(seed: 4)
        var tooLong = 0
        for _ in 0..<200 {
            let p = Double.random(in: 0.01...0.9, using: &random)
            let reserved = try partition(pair(.fixedProbability(p: p, allowSelfConnections: true), perCore: 100))
                .slices[1].regions.rows
            let longest = (0..<100).map { _ in (0..<100).count { _ in Double.random(in: 0..<1, using: &random) < p } }
                .max()
            if 100 * ((longest ?? 0) + 3) * 4 > reserved { tooLong += 1 }
        }
        #expect(tooLong <= 8)
    }

    @Test func delayedRowsAreThoseOfAllStages() throws {
        var network = pair(all, pre: 100, delay: .number(40))
        network.machine.core.ringBufferBits = 11
        // 25 neurons and two types take 6 bits: 32 slots, so that all spikes come by the one stage of the extension.
        #expect(try partition(network).slices[4].regions.rows == 100 * (25 + 3) * 4)
        network.projections[0].synapse.delay = .number(70)
        #expect(try partition(network).slices[4].regions.rows == 2 * 100 * (25 + 3) * 4)
    }

    @Test func tableHasSourcesAndProjections() throws {
        var network = pair(all)
        #expect(try partition(network).slices[4].regions.populationTable == 20 + 4)
        network.projections += network.projections
        #expect(try partition(network).slices[4].regions.populationTable == 20 + 8)
        #expect(try partition(network).slices[0].regions.populationTable == 0)
        // 100 source neurons: a bit each, in words.
        #expect(try partition(network).slices[4].regions.bitFields == 16)
    }

    @Test func recordingsOfAThousandStepsFit() throws {
        var network = pair(all)
        network.populations[1].record = [Recording(variable: "spikes")]
        // A time word and one word of 25 bits in each of 100 steps.
        #expect(try partition(network).slices[4].regions.recordings == 100 * 2 * 4)
        network.simulation.duration = 100_000
        #expect(try partition(network).slices[4].regions.recordings == 1000 * 2 * 4)
        network.populations[1].record = [
            Recording(variable: "v", neurons: .range(start: 10, end: 40, step: 5), interval: 10)
        ]
        let recordings = try partition(network).slices.suffix(4).map(\.regions.recordings)
        #expect(recordings == [100 * (1 + 3) * 4, 100 * (1 + 3) * 4, 0, 0])
    }

    @Test func totalIsTheSumOfTheRegions() throws {
        for seed in 0..<50 {
            for slice in try partition(Network.random(seed: seed)).slices {
                #expect(slice.sdram == slice.regions.inOrder.reduce(0) { $0 + $1.bytes })
                #expect(slice.dtcm <= CoreLimits().dtcm)
            }
        }
    }
}

@Suite struct SliceLimitTests {
    private func limits(_ change: (inout Network) -> Void) throws -> (size: Int, limit: SliceLimit) {
        var network = pair(.allToAll(allowSelfConnections: true), post: 1000)
        network.populations[1].neuronsPerCore = nil
        change(&network)
        let partition = try partition(network)
        return (partition.sliceSize(of: 1), partition.limits[1])
    }

    @Test func theReasonIsNamed() throws {
        #expect(try limits { _ in } == (256, .neuronsDefault))
        #expect(try limits { $0.populations[1].neuronsPerCore = 100 } == (100, .neuronsPerCore))
        #expect(try limits { $0.populations[1].size = 30 } == (30, .size))
        #expect(try limits { $0.machine.core.ringBufferBits = 7 } == (64, .ringBufferBits))
        #expect(try limits { $0.machine.core.rowWords = 100 } == (100, .rowWords))
        let memory = try limits { $0.machine.core.dtcm = 10_000 }
        #expect(memory.limit == .dataMemory && (64..<128).contains(memory.size))
    }

    /// Two header words, and half a word each for weight and control.
    @Test func plasticRowsHoldFewer() throws {
        let (size, limit) = try limits { $0.projections[0].synapse.plasticity = .stdp }
        #expect(size == 254 && limit == .rowWords)
    }

    @Test func rowsOfRepeatedPairsThatCannotFitAreRefused() {
        let rows = Array(repeating: ListedConnection(pre: 3, post: 4), count: 300)
        var network = pair(.fromList(rows))
        let failure = #expect(throws: Failure.self) { try partition(network) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("\"B\"") == true && failure?.message.contains("row_words") == true)
        network.machine.core.rowWords = 300
        #expect(throws: Never.self) { try partition(network) }
    }

    /// Whatever the limits, every row fits and no smaller slice was needed.
    @Test func slicesAreAsLargeAsLimitsAllow() throws {
        var random = TestRandom(seed: 11)
        for _ in 0..<100 {
            let words = Int.random(in: 8...300, using: &random)
            let rows = (0..<2000).map { _ in
                ListedConnection(
                    pre: Int32.random(in: 0..<5, using: &random), post: Int32.random(in: 0..<700, using: &random))
            }
            var network = pair(.fromList(rows), post: 700)
            network.populations[1].neuronsPerCore = nil
            network.machine.core.rowWords = words
            func longest(_ size: Int) -> Int {
                Dictionary(grouping: rows) { [Int($0.pre), Int($0.post) / size] }.values.reduce(0) { max($0, $1.count) }
            }
            let partition = try partition(network)
            let size = partition.sliceSize(of: 1)
            #expect(longest(size) <= words)
            #expect(size == 256 ? partition.limits[1] == .neuronsDefault : partition.limits[1] == .rowWords)
        }
    }
}
