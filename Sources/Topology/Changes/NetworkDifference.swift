/// What changes have made of a network that was loaded: parameters, spike times and currents that are others than it
/// was loaded with.
public struct NetworkDifference: Sendable, Equatable, Codable {
    /// A population that is not as it was loaded.
    private struct Part: Sendable, Equatable, Codable {
        var population: Int
        var parameters: [String: ParameterValue]
        var spikeTimes: SpikeTimes?
    }

    private var populations: [Part] = []
    /// All of them; `nil`: as they were loaded.
    private var currents: [CurrentSource]?

    /// None.
    public init() {}

    /// Compares a network with what was loaded.
    ///
    /// - Complexity: O(parameters and spike times that are lists).
    public init(of changed: Network, from loaded: Network) {
        for (number, (population, before)) in zip(changed.populations, loaded.populations).enumerated()
        where population.parameters != before.parameters || population.spikeTimes != before.spikeTimes {
            populations.append(
                Part(population: number, parameters: population.parameters, spikeTimes: population.spikeTimes))
        }
        if changed.currents != loaded.currents { currents = changed.currents }
    }

    /// There is no difference.
    public var isEmpty: Bool { self == NetworkDifference() }

    /// The network that was loaded as the changes have left it.
    public func changing(_ loaded: Network) -> Network {
        var network = loaded
        for part in populations where network.populations.indices.contains(part.population) {
            network.populations[part.population].parameters = part.parameters
            network.populations[part.population].spikeTimes = part.spikeTimes
        }
        if let currents { network.currents = currents }
        return network
    }
}
