/// A recorded variable of a population, as far as one rank has it.
public struct FrameSignal: Codable, Sendable, Equatable {
    /// Number of the population.
    public var population: Int
    /// PyNN's name of the variable, such as `v`.
    public var variable: String
    /// `mV`, `nA`, `uS`.
    public var units: String
    /// Sampling interval in steps; samples are at its multiples.
    public var interval: Int
    /// Neurons of the population recorded by this rank, in the order of a row's values.
    public var neurons: [UInt32]

    /// Rows of the steps before `step`.
    func rows(before step: Int) -> Int { (step + interval - 1) / interval }

    public init(population: Int, variable: String, units: String, interval: Int = 1, neurons: [UInt32]) {
        self.population = population
        self.variable = variable
        self.units = units
        self.interval = interval
        self.neurons = neurons
    }
}
