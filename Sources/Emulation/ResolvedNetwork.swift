public import Diagnostics
public import StrictJSON
public import Topology

/// A network with everything that its file refers to; only ``ReadNetwork/resolved(for:)`` makes one.
public struct ResolvedNetwork: Sendable {
    /// The network: no connector is a file, no weight or delay an expression.
    public let network: Network
    /// What is legal in the file but probably worth knowing.
    public let warnings: [DocumentWarning]
    /// What there is to say of the files that it refers to, and of the network as a whole.
    public let findings: [String]
    /// Why it cannot be run, where it was wanted for mapping alone.
    public let unsupported: Failure?

    init(network: Network, warnings: [DocumentWarning], findings: [String], unsupported: Failure?) {
        self.network = network
        self.warnings = warnings
        self.findings = findings
        self.unsupported = unsupported
    }
}
