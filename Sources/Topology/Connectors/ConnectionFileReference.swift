/// A file that connections stand in.
public struct ConnectionFileReference: Sendable, Equatable, Codable {
    /// Relative to the topology's folder.
    public var reference: String
    /// The file's population of edges; `nil`: the only one.
    public var population: String?

    public init(reference: String, population: String? = nil) {
        self.reference = reference
        self.population = population
    }
}
