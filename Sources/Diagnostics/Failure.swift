/// The process exit codes of the contract, after `sysexits.h`.
public enum ExitCode: Int32, Sendable {
    case ok = 0
    /// Wrong command line.
    case usage = 64
    /// The input is readable but wrong.
    case badInput = 65
    /// The input cannot be read.
    case noInput = 66
    /// Does not fit: machine or memory.
    case doesNotFit = 69
    /// A bug in this program.
    case bug = 70
    /// Output cannot be created.
    case cannotCreate = 73
    /// Writing failed.
    case outputFailed = 74
    /// Stopped early with a checkpoint.
    case stoppedEarly = 75
    /// MPI is not set up as it has to be.
    case mpiSetUp = 78
}

/// What went wrong, in one message for the user, and the exit code that goes with it.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var exitCode: ExitCode
    /// One sentence naming the item, the value found and the remedy.
    public var message: String

    public init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    public var description: String { message }
}
