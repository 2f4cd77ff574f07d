import ArgumentParser

@main
struct Spinnsim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spinnsim", version: "0.1.0", subcommands: [MapCommand.self, Validate.self])
}
