import Foundation
import Results
import TestSupport
import Testing
import Topology

/// The recorded variables of a run, by file.
private func reports(_ folder: TemporaryFolder, _ run: String = "run") throws -> [String: Data] {
    let path = folder.path("\(run)/reports")
    var result: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        result[name] = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
    }
    return result
}

@Suite(.timeLimit(.minutes(5))) struct EverythingTests {
    @Test func everythingHasAnExample() throws { #expect(try Everything.missing() == []) }

    @Test(arguments: ["chip", "counter"]) func everythingAtOnceDoesNotDependOnRanks(random: String) throws {
        let folder = try TemporaryFolder()
        for (name, text) in Everything.files { _ = try folder.write(text, to: name) }
        let topology = try Everything.topology(random: random)
        let one = try emulate(topology, in: folder)
        let models = CellModel.all
        #expect(one.populations.count == models.count)
        for population in one.populations {
            // Nobody tells the injector to spike.
            let spikes = try #require(population.spikes)
            #expect((spikes > 0) == (population.model != CellModel.spikeInjector), "\(population.name)")
        }
        let frames = try reports(folder)
        #expect(frames.count == models.reduce(0) { $0 + $1.recordable.count - 1 })
        for ranks in [2, 3, 4, 7] {
            let other = try emulate(topology, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
            #expect(other.synapticEvents == one.synapticEvents, "\(ranks) ranks")
            let others = try reports(folder)
            #expect(others.keys.sorted() == frames.keys.sorted())
            for (name, data) in frames { #expect(others[name] == data, "\(name) on \(ranks) ranks") }
        }
    }
}
