import Diagnostics
import Foundation
import Results
import Testing

/// A folder for one test, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "spinnsim-results-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: file(name)))) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// One spike, ordered as results are.
struct Spike: Hashable, Comparable {
    var step: UInt32
    var population: Int
    var neuron: UInt32

    static func < (a: Spike, b: Spike) -> Bool {
        (a.step, a.population, a.neuron) < (b.step, b.population, b.neuron)
    }
}

/// Keeps all spikes it is given.
final class SpikeCollector: SpikeSink {
    var spikes: [Spike] = []
    var isFinished = false

    func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        for neuron in neurons { spikes.append(Spike(step: step, population: population, neuron: neuron)) }
    }

    func finish() throws(Failure) { isFinished = true }
}

/// A generator whose numbers are the same every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A made-up run: spikes and who logs them.
struct TestRun {
    static let populations = [
        RunDescription.Population(name: "E", size: 800, model: "IF_curr_exp"),
        RunDescription.Population(name: "I.1", size: 200, model: "IF_curr_exp"),
        RunDescription.Population(name: "quiet", size: 10, model: "IF_curr_exp"),
        RunDescription.Population(name: "hidden", size: 5, model: "SpikeSourcePoisson", recordsSpikes: false),
        RunDescription.Population(name: "one", size: 1, model: "SpikeSourceArray"),
    ]

    var steps: UInt32 = 300
    var timestep = 1.0
    var spikes: [Spike]

    init(steps: UInt32 = 300, count: Int = 5000, seed: UInt64 = 1, timestep: Double = 1) {
        var random = SplitMix(state: seed)
        self.steps = steps
        self.timestep = timestep
        spikes = (0..<count).map { _ in
            let population = [0, 0, 0, 1, 4][Int.random(in: 0..<5, using: &random)]
            let size = UInt32(TestRun.populations[population].size)
            return Spike(
                step: .random(in: 0..<steps, using: &random), population: population,
                neuron: .random(in: 0..<size, using: &random))
        }
    }

    func description(ranks: Int) -> RunDescription {
        RunDescription(
            name: "test", ranks: ranks, timestep: timestep, steps: Int(steps), seed: 1, topologySHA256: "abc",
            populations: TestRun.populations)
    }

    /// Writes the logs of all ranks; `rank` says who logs a spike.
    func log(
        in folder: String, ranks: Int, blockSize: Int? = nil, finish: Bool = true, rank: (Spike) -> Int
    ) throws {
        var random = SplitMix(state: 99)
        let byRank = Dictionary(grouping: spikes, by: rank)
        for r in 0..<ranks {
            let writer = try SpikeSpillWriter(
                folder: folder, rank: r, run: description(ranks: ranks), blockSize: blockSize)
            let byStep = Dictionary(grouping: byRank[r] ?? []) { $0.step }
            for step in 0..<steps {
                for spike in (byStep[step] ?? []).shuffled(using: &random) {
                    try writer.append(step: step, population: spike.population, neurons: [spike.neuron])
                }
                try writer.endStep(step)
            }
            if finish { try writer.finish(steps: steps) } else { try writer.flush() }
        }
    }
}

/// The failure `body` ends with.
func failure(_ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch { return error as? Failure }
}
