import Diagnostics
import Foundation
import Results
import Testing

@Suite struct SpikeSpillTests {
    @Test func whatIsWrittenIsReadInOrder() throws {
        let folder = try TemporaryFolder()
        let run = TestRun()
        try run.log(in: folder.path, ranks: 1, blockSize: 1024) { _ in 0 }
        let collector = SpikeCollector()
        let merged = try SpikeMerger(folder: folder.path).merge(into: [collector])
        #expect(collector.spikes == run.spikes.sorted())
        #expect(collector.isFinished)
        #expect(merged.spikes == run.spikes.count)
        #expect(merged.perPopulation == (0..<5).map { p in run.spikes.count { $0.population == p } })
        #expect(merged.isComplete)
        #expect(merged.intactSteps == 300)
        #expect(merged.logs == [RankLog(rank: 0, spikes: 5000, intactSteps: 300, isComplete: true)])
    }

    @Test(arguments: 1...7)
    func ranksDoNotMatter(ranks: Int) throws {
        let run = TestRun(count: 3000)
        var expected: [UInt8] = []
        for spike in run.spikes.sorted() {
            for word in [spike.step, UInt32(spike.population), spike.neuron] {
                expected += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
        }
        let assignments: [(Spike) -> Int] = [
            { Int($0.neuron) % ranks },
            { $0.population % ranks },
            { Int($0.neuron / 7 + $0.step) % ranks },
            // All on the last: the others are empty.
            { _ in ranks - 1 },
        ]
        for assignment in assignments {
            let folder = try TemporaryFolder()
            try run.log(in: folder.path, ranks: ranks, blockSize: 512, rank: assignment)
            let collector = SpikeCollector()
            let merged = try SpikeMerger(folder: folder.path).merge(into: [collector])
            #expect(collector.spikes == run.spikes.sorted())
            #expect(merged.hash == SHA256.hex(of: expected))
        }
    }

    @Test func hashIsSHA256() {
        #expect(SHA256.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hex(of: "abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func noSpikesAtAll() throws {
        let folder = try TemporaryFolder()
        try TestRun(count: 0).log(in: folder.path, ranks: 3) { _ in 0 }
        let merged = try SpikeMerger(folder: folder.path).merge()
        #expect(merged.spikes == 0)
        #expect(merged.hash == SHA256.hex(of: []))
        #expect(merged.isComplete)
    }

    @Test func manySpikesOfOneStep() throws {
        let folder = try TemporaryFolder()
        let populations = [RunDescription.Population(name: "big", size: 100_000, model: "m")]
        let description = RunDescription(name: "n", ranks: 1, timestep: 1, steps: 1, populations: populations)
        let writer = try SpikeSpillWriter(folder: folder.path, rank: 0, run: description, blockSize: 64)
        try writer.append(step: 0, population: 0, neurons: (0..<100_000).reversed())
        try writer.finish(steps: 1)
        let collector = SpikeCollector()
        #expect(try SpikeMerger(folder: folder.path).merge(into: [collector]).spikes == 100_000)
        #expect(collector.spikes.map(\.neuron) == Array(0..<100_000))
    }

    @Test func aNeuronMaySpikeTwiceInAStep() throws {
        let folder = try TemporaryFolder()
        var run = TestRun(steps: 4, count: 0)
        run.spikes = Array(repeating: Spike(step: 2, population: 1, neuron: 3), count: 3)
        try run.log(in: folder.path, ranks: 2) { _ in 1 }
        #expect(try SpikeMerger(folder: folder.path).merge().spikes == 3)
    }

    @Test func aStepThatIsOverTakesNoMore() throws {
        let folder = try TemporaryFolder()
        let writer = try SpikeSpillWriter(folder: folder.path, rank: 0, run: TestRun().description(ranks: 1))
        try writer.endStep(4)
        #expect(failure { try writer.append(step: 4, population: 0, neurons: [1]) }?.exitCode == .bug)
        #expect(failure { try writer.endStep(3) }?.exitCode == .bug)
    }

    @Test func aLogIsNeverWrittenOver() throws {
        let folder = try TemporaryFolder()
        let description = TestRun().description(ranks: 1)
        _ = try SpikeSpillWriter(folder: folder.path, rank: 0, run: description)
        #expect(
            failure { _ = try SpikeSpillWriter(folder: folder.path, rank: 0, run: description) }?.exitCode
                == .cannotCreate)
    }

    @Test func aPlantedLinkIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("spikes.0.spill"), withDestinationPath: "/dev/full")
        let description = TestRun().description(ranks: 1)
        #expect(
            failure { _ = try SpikeSpillWriter(folder: folder.path, rank: 0, run: description) }?.exitCode
                == .cannotCreate)
    }
}

@Suite struct SpikeOrderTests {
    /// Chunks as cores give them: whole slices, in any order, overlapping or not.
    @Test(arguments: 0..<40)
    func chunksInAnyOrder(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let folder = try TemporaryFolder()
        let run = TestRun(steps: 3, count: 0)
        var expected: [Spike] = []
        let ranks = Int.random(in: 1...5, using: &random)
        for rank in 0..<ranks {
            let writer = try SpikeSpillWriter(
                folder: folder.path, rank: rank, run: run.description(ranks: ranks), blockSize: 64)
            for step in 0..<UInt32(3) {
                for _ in 0..<Int.random(in: 0..<6, using: &random) {
                    let population = Int.random(in: 0..<2, using: &random)
                    var neurons = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
                        UInt32.random(in: 0..<200, using: &random)
                    }
                    if Bool.random(using: &random) { neurons.sort() }
                    try writer.append(step: step, population: population, neurons: neurons)
                    expected += neurons.map { Spike(step: step, population: population, neuron: $0) }
                }
            }
            try writer.finish(steps: 3)
        }
        let collector = SpikeCollector()
        _ = try SpikeMerger(folder: folder.path).merge(into: [collector])
        #expect(collector.spikes == expected.sorted())
    }
}
