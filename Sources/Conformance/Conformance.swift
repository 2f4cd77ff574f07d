import Diagnostics

/// Replays recorded vectors through the kernels the engine uses, and compares every raw value.
///
/// - Source: the formats in Tests/Golden/README.md; one function a format.
public enum Conformance {
    /// The formats that can be replayed.
    public static let formats = [
        "spinnaker-golden-neuron-1", "spinnaker-golden-derived-1", "spinnaker-golden-math-1",
        "spinnaker-golden-rows-1", "spinnaker-golden-poisson-1", "spinnaker-golden-rng-1",
        "spinnaker-golden-poptable-1", "spinnaker-golden-stdp-1", "spinnsim-mapgold-weights/1",
    ]

    /// Replays one file.
    ///
    /// - Parameter path: a golden file.
    /// - Returns: counts and the first difference; a difference is not an error.
    /// - Throws: exit code 66 when the file cannot be read, 65 when it is malformed or of an unknown format.
    public static func check(fileAt path: String) throws(Failure) -> ConformanceReport {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = try Golden.file(at: path)
        var report = ConformanceReport(name: name)
        do throws(Failure) {
            switch try file.member("format").string() {
            case "spinnaker-golden-neuron-1": try checkNeurons(file, &report)
            case "spinnaker-golden-derived-1": try checkDerived(file, &report)
            case "spinnaker-golden-math-1": try checkMath(file, &report)
            case "spinnaker-golden-rows-1": try checkRows(file, &report)
            case "spinnaker-golden-poisson-1": try checkPoisson(file, &report)
            case "spinnaker-golden-rng-1": try checkGenerators(file, &report)
            case "spinnaker-golden-poptable-1": try checkPopulationTable(file, &report)
            case "spinnaker-golden-stdp-1": try checkPlasticity(file, &report)
            case "spinnsim-mapgold-weights/1": try checkWeights(file, &report)
            case let format:
                throw Failure(
                    .badInput, "format \"\(format)\" is unknown; known: \(formats.joined(separator: ", "))")
            }
        } catch {
            throw Failure(error.exitCode, "\(path): \(error.message)")
        }
        return report
    }
}
