import StrictJSON

/// What changes in a network at one time, after it was loaded.
public struct NetworkChange: Sendable, Codable {
    /// New parameters of some neurons or sources of a population.
    public struct Parameters: Sendable, Codable {
        /// Number of the population.
        public var population: Int
        public var neurons: NeuronSelection
        /// By PyNN's name; a list has a value for each neuron named.
        public var values: [String: ParameterValue]

        public init(population: Int, neurons: NeuronSelection, values: [String: ParameterValue]) {
            self.population = population
            self.neurons = neurons
            self.values = values
        }
    }

    /// Spikes that take the place of those to come of some sources of a population.
    public struct Spikes: Sendable, Codable {
        /// Number of the population.
        public var population: Int
        public var neurons: NeuronSelection
        /// By neuron named, ascending, ms since the beginning.
        public var times: [[Double]]
    }

    /// A current that is new, or takes the place of another.
    public struct Current: Sendable, Codable {
        /// Its number in the network; the next one for a new one.
        public var index: Int
        public var source: CurrentSource
    }

    /// New weights of synapses that are there.
    public struct Weights: Sendable, Codable {
        public enum Source: Sendable, Codable {
            /// Of all synapses, nA or µS.
            case value(ParameterValue)
            /// A file with a weight for each synapse it names, in the folder of the file `document`.
            case file(ConnectionFileReference, document: String)
        }

        /// Number of the projection.
        public var projection: Int
        public var source: Source
    }

    /// The step before whose update it acts.
    public var step: Int
    public var parameters: [Parameters] = []
    /// State variables in place of parameters.
    public var state: [Parameters] = []
    public var spikes: [Spikes] = []
    public var currents: [Current] = []
    public var weights: [Weights] = []

    public init(step: Int) { self.step = step }
}

/// Reads `spinnsim-changes/1`.
public enum ChangesReader {
    public static let format = "spinnsim-changes/1"

    /// Reads changes to a network.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - file: Its name for messages.
    ///   - network: As it is, with the changes made to it before.
    ///   - step: The present step: nothing acts before it, and what has no time acts there.
    /// - Returns: Ascending by step.
    /// - Throws: `DocumentError`, the first mistake found.
    /// - Complexity: O(`bytes.count` + neurons named by lists).
    public static func read(
        bytes: [UInt8], file: String, of network: Network, from step: Int
    ) throws(DocumentError) -> [NetworkChange] {
        let document = try JSONReader.parse(bytes: bytes, file: file)
        var reader = TopologyReader(document: document, limits: ReadingLimits())
        reader.simulation = network.simulation
        return try reader.readChangesDocument(of: network, from: step)
    }
}
