import Diagnostics

/// What a state file says of the run it is of.
public struct StateHeader: Sendable, Equatable {
    /// The network's name.
    public var name: String
    /// Of the program that saved it.
    public var version: String
    /// Of the topology file's bytes.
    public var topologySHA256: String
    /// Of the emulated cores: their populations, slices and tasks.
    public var coresSHA256: String
    public var seed: UInt64
    /// ms.
    public var timestep: Double
    /// The step that was about to begin.
    public var step: Int
    /// The results folder, which has the recordings of the steps before.
    public var folder: String

    public init(
        name: String, version: String, topologySHA256: String, coresSHA256: String, seed: UInt64, timestep: Double,
        step: Int, folder: String
    ) {
        self.name = name
        self.version = version
        self.topologySHA256 = topologySHA256
        self.coresSHA256 = coresSHA256
        self.seed = seed
        self.timestep = timestep
        self.step = step
        self.folder = folder
    }

    /// Sees that a run can go on from a state with this header.
    ///
    /// - Parameters:
    ///   - run: What the run itself would save.
    ///   - path: Of the state file, for the message.
    /// - Throws: `badInput`, naming what differs.
    public func require(matching run: StateHeader, path: String) throws(Failure) {
        func refuse(_ what: String, _ saved: String, _ present: String) -> Failure {
            Failure(.badInput, "\(path) is the state of another run: its \(what) is \(saved), this run's is \(present)")
        }
        if version != run.version { throw refuse("program version", version, run.version) }
        if topologySHA256 != run.topologySHA256 {
            throw refuse("topology (SHA-256)", topologySHA256, run.topologySHA256)
        }
        if seed != run.seed { throw refuse("seed", String(seed), String(run.seed)) }
        if timestep != run.timestep { throw refuse("timestep", "\(timestep) ms", "\(run.timestep) ms") }
        if coresSHA256 != run.coresSHA256 {
            throw refuse("division into cores (SHA-256)", coresSHA256, run.coresSHA256)
        }
    }
}
