/// What a log has to know of its run so that it can be read without any other file.
public struct RunDescription: Codable, Sendable, Equatable {
    /// One population as logs and results know it; its index in `populations` is its number.
    public struct Population: Codable, Sendable, Equatable {
        public var name: String
        public var size: Int
        /// The model's PyNN name.
        public var model: String
        /// Whether spikes are recorded.
        public var recordsSpikes: Bool
        /// Neurons whose spikes are recorded, if any are.
        public var recordedNeurons: Int

        /// - Parameter recordedNeurons: `nil`: all.
        public init(
            name: String, size: Int, model: String, recordsSpikes: Bool = true, recordedNeurons: Int? = nil
        ) {
            self.name = name
            self.size = size
            self.model = model
            self.recordsSpikes = recordsSpikes
            self.recordedNeurons = recordedNeurons ?? size
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            size = try values.decode(Int.self, forKey: .size)
            model = try values.decode(String.self, forKey: .model)
            recordsSpikes = try values.decode(Bool.self, forKey: .recordsSpikes)
            // Logs of earlier versions have none.
            recordedNeurons = try values.decodeIfPresent(Int.self, forKey: .recordedNeurons) ?? size
        }

        /// Mean spikes per recorded neuron and second.
        func rate(spikes: Int, seconds: Double) -> Double {
            let neuronSeconds = Double(recordedNeurons) * seconds
            return neuronSeconds > 0 ? Double(spikes) / neuronSeconds : 0
        }
    }

    /// The network's name.
    public var name: String
    public var ranks: Int
    /// ms.
    public var timestep: Double
    /// Steps the run was asked for.
    public var steps: Int
    public var seed: UInt64
    /// Of the topology file's bytes.
    public var topologySHA256: String
    /// In file order, recorded or not.
    public var populations: [Population]

    public init(
        name: String, ranks: Int, timestep: Double, steps: Int, seed: UInt64 = 0, topologySHA256: String = "",
        populations: [Population]
    ) {
        self.name = name
        self.ranks = ranks
        self.timestep = timestep
        self.steps = steps
        self.seed = seed
        self.topologySHA256 = topologySHA256
        self.populations = populations
    }
}
