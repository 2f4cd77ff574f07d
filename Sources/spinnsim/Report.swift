import ArgumentParser
import Diagnostics
import Results

/// `spinnsim report DIR`: writes a run's page again.
struct Report: SerialCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a run's report.html and raster.svg from its other results.")

    @Argument(help: "Results folder of a run.")
    var directory: String

    func run() throws {
        let folder = try RunDirectory(opening: directory, forWriting: true)
        try folder.writeReport(try folder.summary())
        try Console.output(folder.file("report.html"))
    }
}
