import FixedPoint
import Foundation
import Neurons
import TestSupport
import Testing
import Topology

/// Every variable of every cell model, from the topology to the report, beside a group of the same cells.
@Suite(.timeLimit(.minutes(2))) struct RecordingTests {
    private static let steps = 30
    private static let spikeTimes = [2, 3, 9, 10, 11, 20]
    /// Models that draw nothing: only the engine knows its seeds.
    private static let models = CellModel.all.filter { model in
        guard let kind = CellCatalogue.all[model.name] else { return false }
        return !kind.draws && !kind.stateNames.contains("random_seed[0]")
    }

    /// Weight, ring-buffer entry and left shift: those of currents, and of conductances, which are held 1024-fold.
    private static func input(_ receptor: String, _ model: CellModel) -> (weight: Double, entry: UInt16, shift: UInt32)
    {
        switch (receptor == "inhibitory", model.isConductanceBased) {
        case (false, false): (0.75, 24576, 0)
        case (true, false): (-0.25, 8192, 0)
        case (false, true): (0.75, 24576, 10)
        case (true, true): (0.25, 16384, 9)
        }
    }

    /// Variables of neurons beside spikes.
    private static func variables(_ model: CellModel) -> [String] {
        model.recordable.filter { !["spikes", CellModel.packetsPerTimestep].contains($0) }
    }

    private static let topology: String = {
        let populations = models.map { model in
            let record = variables(model).map { #""\#($0)": {"neurons": "0:3:2", "interval": 3}"# }
            return #"""
                {"name": "\#(model.name)", "size": 3, "model": "\#(model.name)", "neurons_per_core": 2,
                 "n_steps_per_timestep": 3, "record": {\#(record.joined(separator: ", "))}}
                """#
        }
        let projections = models.flatMap { model in
            model.receptors.map { receptor in
                """
                {"pre": "s", "post": "\(model.name)", "receptor": "\(receptor)", "connector": {"type": "AllToAll"},
                 "synapse": {"weight": \(input(receptor, model).weight), "delay": 1}}
                """
            }
        }
        return """
            {"format": "spinnsim-topology/1", "name": "recording", "simulation": {"duration": \(steps)},
             "populations": [
              {"name": "s", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": \(spikeTimes)}},
              \(populations.joined(separator: ",\n"))],
             "projections": [\(projections.joined(separator: ",\n"))]}
            """
    }()

    /// What a group of the same neurons does: the sampled values of its first neuron by variable.
    private func expected(_ model: CellModel) throws -> [String: [Float]] {
        let kind = try #require(CellCatalogue.all[model.name])
        let group = CellGroup(
            kind, count: 1, subSteps: 3,
            parameters: CellParameters(
                timestep: .one, subSteps: 3, parameter: { model.defaults[$0].map { .same($0) } },
                initial: { model.initialDefaults[$0].map { .same($0) } }, seed: { _ in .compiledIn }))
        let types = kind.receptors
        let memory = UnsafeMutablePointer<UInt16>.allocate(capacity: types)
        let fired = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        defer {
            memory.deallocate()
            fired.deallocate()
        }
        let inputs = model.receptors.map { Self.input($0, model) }
        let shifts = inputs.map(\.shift)
        let slots =
            types == 3
            ? InputSlots(memory, memory + 1, memory + 2, leftShifts: (shifts[0], shifts[1], shifts[2]))
            : InputSlots(memory, memory + 1, leftShifts: (shifts[0], shifts[1]))
        var values: [String: [Float]] = [:]
        for step in 0..<Self.steps {
            for type in 0..<types { memory[type] = Self.spikeTimes.contains(step - 1) ? inputs[type].entry : 0 }
            func sample(_ takesInput: Bool) throws {
                for variable in Self.variables(model)
                where step % 3 == 0 && kind.takesInput(variable) == takesInput {
                    let found = try #require(group.values(of: variable), "\(model.name) \(variable)")
                    values[variable, default: []].append(Float(found.value(at: 0)))
                }
            }
            try sample(false)
            group.transfer(slots)
            try sample(true)
            group.advance(fired: fired)
        }
        return values
    }

    private struct Report: Codable {
        var data: [[Float]]
        var nodes: [Int]
        var times: [Double]
        var units: String
    }

    @Test func everyVariableOfEveryModelIsThatOfItsCells() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(Self.topology, ranks: 2, in: folder)
        let script = """
            import h5py, glob, json, os, sys
            reports = {}
            for path in glob.glob(sys.argv[1] + '/*.h5'):
                with h5py.File(path) as f:
                    for name, report in f['report'].items():
                        reports[os.path.basename(path)[:-3]] = {
                            'data': report['data'][:].tolist(), 'units': report['data'].attrs['units'].decode()
                            if isinstance(report['data'].attrs['units'], bytes) else str(report['data'].attrs['units']),
                            'nodes': report['mapping/node_ids'][:].tolist(), 'times': \
                            report['mapping/time'][:].tolist()}
            json.dump(reports, sys.stdout)
            """
        let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
        let result = try Command.run([python, "-c", script, folder.path("run/reports")])
        try #require(result.status == 0, "\(result.errors)")
        let reports = try JSONDecoder().decode([String: Report].self, from: Data(result.output.utf8))
        var count = 0
        for model in Self.models {
            let expected = try expected(model)
            for variable in Self.variables(model) {
                let report = try #require(reports["\(model.name).\(variable)"])
                #expect(report.nodes == [0, 2] && report.times == [0, Double(Self.steps), 3])
                #expect(report.units == model.units(of: variable))
                for column in 0..<2 {
                    #expect(report.data.map { $0[column] } == expected[variable], "\(model.name) \(variable)")
                }
                count += 1
            }
            for variable in ["v", "gsyn_exc", "gsyn_inh"] {
                #expect(try Set(#require(expected[variable])).count > 1, "\(model.name) \(variable)")
            }
        }
        #expect(count == reports.count && count > 70)
    }
}
