import ArgumentParser
import Transport

/// A command of one process.
///
/// Started as many ranks by an MPI launcher, it is done once, by the first; in any other surroundings it is done and
/// answers.
public protocol SerialCommand: ParsableCommand {}

/// A command that all ranks of a launch do together.
public protocol RankedCommand: ParsableCommand {
    /// Does this rank's part.
    ///
    /// - Parameter ranks: The ranks of the launch, which have the same command line; `nil` without a launcher.
    func run(on ranks: MPITransport?) throws
}

extension RankedCommand {
    func run() throws { try run(on: nil) }
}
