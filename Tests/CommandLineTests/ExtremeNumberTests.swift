import Foundation
import TestSupport
import Testing

/// Numbers that a file or an option may hold and no network needs: they are refused, or do no harm.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ExtremeNumberTests {
    private static let network = """
        {"format": "spinnsim-topology/1", "simulation": {"duration": 3},
         "populations": [
          {"name": "in", "size": 5, "model": "SpikeSourcePoisson", "record": ["spikes"]},
          {"name": "N", "size": 6, "model": "IF_curr_exp",
           "record": {"v": {"neurons": "0:6:9223372036854775807"}, "spikes": {"neurons": "5:6:4611686018427387904"}}}],
         "projections": [{"pre": "in", "post": "N", "connector": {"type": "FixedProbability", "p_connect": 0.3},
          "synapse": {"type": "StructuralStatic", "weight": 1, "initial_weight": 1, "f_rew": 1000, "s_max": 5,
           "partner_selection": {"type": "RandomSelection"},
           "formation": {"type": "DistanceDependentFormation", "sigma_form_forward": 1e-300,
            "sigma_form_lateral": 1e-300},
           "elimination": {"type": "RandomByWeightElimination", "threshold": 1}}}]}
        """

    @Test func stridesAndDeviationsDoNoHarm() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network, to: "n.json")
        for command in [["validate", file], ["map", file], ["run", file, "-o", folder.path("out"), "--quiet"]] {
            let result = try Command.run([Command.spinnsim] + command, in: folder.url, seconds: 60)
            #expect(result.status == 0, "\(command[0]): \(result.errors)")
        }
    }

    @Test(arguments: [
        "--hosts=2", "--ranks=2 --hosts=3", "--ranks=2 --hosts=9223372036854775807", "--ranks=9223372036854775807",
        "--runs=9223372036854775807", "--boards=9223372036854775807", "--boards=1..9223372036854775807",
        "--neurons-per-core=9223372036854775807",
    ]) func mapRefuses(options: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network, to: "n.json")
        let words = ["map", file] + options.split(separator: " ").map(String.init)
        let result = try Command.run([Command.spinnsim] + words, in: folder.url, seconds: 60)
        #expect(result.status == 64, "\(options): \(result.errors)")
    }

    /// An option that stands in for a value of the file is checked as that value is, in the same words.
    @Test(arguments: [("5e12", "needs more than 4294967295 steps of 1 ms"), ("-3", "duration must be at least 0")])
    func durationsAreRefusedInTheReadersWords(duration: String, words: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network, to: "n.json")
        let run = [Command.spinnsim, "run", file, "-o", folder.path("out"), "--quiet", "--duration=\(duration)"]
        let result = try Command.run(run, in: folder.url, seconds: 60)
        #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
        #expect(!result.errors.contains("n.json:"), "\(result.errors)")
        let written = Self.network.replacing("\"duration\": 3", with: "\"duration\": \(duration)")
        for command in ["validate", "map"] {
            let other = try Command.run(
                [Command.spinnsim, command, try folder.write(written, to: "w.json")], in: folder.url, seconds: 60)
            #expect(other.status == 65 && other.errors.contains(words), "\(other.errors)")
        }
    }
}
