import Diagnostics
import Foundation
import Results
import Testing

@Suite struct SpikeTextTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func description(timestep: Double, names: [String] = ["E", "I"]) -> RunDescription {
        RunDescription(
            name: "n", ranks: 1, timestep: timestep, steps: 100,
            populations: names.map { RunDescription.Population(name: $0, size: 50, model: "IF_curr_exp") })
    }

    func take(_ sink: any SpikeSink, _ spikes: [(UInt32, Int, [UInt32])]) throws {
        for (step, population, neurons) in spikes {
            try neurons.withUnsafeBufferPointer { try sink.take(step: step, population: population, neurons: $0) }
        }
        try sink.finish()
    }

    @Test(arguments: zip([1.0, 0.1, 0.25, 2, 1.0 / 3], ["3.0", "0.3", "0.75", "6.0", "1.0"]))
    func csv(timestep: Double, time: String) throws {
        let writer = try CSVSpikeWriter(creating: folder.file("a.csv"), run: description(timestep: timestep))
        try take(writer, [(0, 1, [7]), (3, 0, [1, 20])])
        let zero = timestep == 0.25 ? "0.00" : "0.0"
        #expect(
            try folder.text("a.csv")
                == "time_ms,population,neuron\n\(zero),I,7\n\(time),E,1\n\(time),E,20\n")
    }

    @Test func longTimesKeepTheirDecimals() throws {
        let writer = try CSVSpikeWriter(creating: folder.file("a.csv"), run: description(timestep: 0.1))
        try take(writer, [(4_294_967_295, 0, [49])])
        #expect(try folder.text("a.csv").hasSuffix("\n429496729.5,E,49\n"))
    }

    @Test func hostileNamesStayInTheirField() throws {
        let names = ["=cmd()", "a,b", "say \"hi\"", "x\ny"]
        let writer = try CSVSpikeWriter(
            creating: folder.file("a.csv"), run: description(timestep: 1, names: names))
        try take(writer, [(1, 0, [1]), (1, 1, [1]), (1, 2, [1]), (1, 3, [1])])
        #expect(
            try folder.text("a.csv") == """
                time_ms,population,neuron
                1.0,'=cmd(),1
                1.0,"a,b",1
                1.0,"say ""hi""\",1
                1.0,"x
                y",1

                """)
    }

    @Test func nest() throws {
        let writer = try NESTSpikeWriter(creating: folder.file("a.dat"), run: description(timestep: 0.1))
        try take(writer, [(0, 0, [0, 49]), (12, 1, [0])])
        #expect(
            try folder.text("a.dat")
                == "# NEST version: spinnsim\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n"
                + "1\t0.000\n50\t0.000\n51\t1.200\n")
    }
}
