import ArgumentParser
import Mapping

/// How a network is mapped, on the command line of every command that maps one.
struct MappingArguments: ParsableArguments {
    @Option(help: "Where cores go.")
    var placer = MappingOptions().placer

    @Option(help: "How packets find their way.")
    var router = MappingOptions().router

    @Option(help: "How keys are laid out.")
    var keys = MappingOptions().keys

    @Option(help: "How tables are made small.")
    var compressor = MappingOptions().compressor

    @Option(help: "Multiplies the work that placing and relieving links may take.")
    var effort = MappingOptions().effort

    @Option(help: "Seeds the random moves of placement.")
    var mappingSeed = MappingOptions().seed

    func validate() throws {
        guard (0...1000).contains(effort) else { throw ValidationError("--effort takes 0 to 1000, not \(effort)") }
    }

    var options: MappingOptions {
        var options = MappingOptions()
        options.placer = placer
        options.router = router
        options.keys = keys
        options.compressor = compressor
        options.effort = effort
        options.seed = mappingSeed
        return options
    }
}

extension MappingOptions.Placer: ExpressibleByArgument {}
extension MappingOptions.Router: ExpressibleByArgument {}
extension MappingOptions.Keys: ExpressibleByArgument {}
extension MappingOptions.Compressor: ExpressibleByArgument {}
