import StrictJSON

/// Collects connections given row by row, and checks them: of a list, of a text and of an HDF5 file alike.
public struct ConnectionRows {
    /// What the connections of a projection may be.
    public struct Limits: Sendable {
        var source: (name: String, size: Int)
        var target: (name: String, size: Int)
        var weights: ValueRange
        /// ms.
        var timestep: Double
        /// Synapses may form that no row names.
        var canForm: Bool
        /// A number that rows without a weight have, nA or µS.
        public var fallbackWeight: Double?
        /// Rows of a file.
        public var rows = Int(Int32.max)

        /// The limits of the rows of a projection.
        public init(_ synapse: Synapse, from source: Population, to target: Population, timestep: Double) {
            self.source = (source.name, source.size)
            self.target = (target.name, target.size)
            self.timestep = timestep
            weights =
                synapse.neuromodulation != nil
                ? .concentration : target.model.isConductanceBased ? .nonNegative : .fixedPoint
            canForm = synapse.structural != nil
            if case .number(let weight) = synapse.weight { fallbackWeight = weight }
        }
    }

    /// A value of a row.
    public enum Column: Int, Sendable, CaseIterable { case pre, post, weight, delay }

    /// What is wrong with a row.
    public struct Mistake: Sendable {
        public let column: Column
        public let message: String
    }

    public let limits: Limits
    private var pre: [Int32] = []
    private var post: [Int32] = []
    private var weights: [Double] = []
    private var delays: [Double] = []
    private var raised = 0
    private var rounded = 0

    public init(_ limits: Limits) { self.limits = limits }

    public mutating func reserve(_ count: Int) {
        pre.reserveCapacity(count)
        post.reserveCapacity(count)
    }

    /// Adds a connection.
    ///
    /// - Parameters:
    ///   - weight: nA or µS; `nil`: that of the projection.
    ///   - delay: ms; `nil`: that of the projection.
    /// - Returns: what is wrong with it, if anything; then it is not added.
    public mutating func add(pre source: Int, post target: Int, weight: Double?, delay: Double?) -> Mistake? {
        guard source >= 0, source < limits.source.size else {
            return Mistake(column: .pre, message: Self.index("source", limits.source, source))
        }
        guard target >= 0, target < limits.target.size else {
            return Mistake(column: .post, message: Self.index("target", limits.target, target))
        }
        guard pre.count < limits.rows else {
            return Mistake(column: .pre, message: "there are more than \(limits.rows) connections")
        }
        if let weight, !limits.weights.contains(weight) {
            let words = weight.isFinite ? limits.weights.words(for: weight) : "a number"
            return Mistake(column: .weight, message: "the weight must be \(words), got \(Wording.number(weight))")
        }
        if let delay {
            if let mistake = Delays.mistake(delay, timestep: limits.timestep) {
                return Mistake(column: .delay, message: mistake)
            }
            if delay < limits.timestep {
                raised += 1
            } else if !Delays.isWholeSteps(delay, of: limits.timestep) {
                rounded += 1
            }
        }
        Self.append(weight, to: &weights, row: pre.count)
        Self.append(delay.map { max($0, limits.timestep) }, to: &delays, row: pre.count)
        pre.append(Int32(truncatingIfNeeded: source))
        post.append(Int32(truncatingIfNeeded: target))
        return nil
    }

    private static func index(_ what: String, _ population: (name: String, size: Int), _ index: Int) -> String {
        "the \(what) must be a neuron of \(population.name), 0 to \(population.size - 1), got \(index)"
    }

    /// Appends a value to a column, which is empty as long as no row has one.
    private static func append(_ value: Double?, to column: inout [Double], row: Int) {
        guard value != nil || !column.isEmpty else { return }
        while column.count < row { column.append(.nan) }
        column.append(value ?? .nan)
    }

    /// The connections by target.
    public consuming func table() -> ConnectionTable {
        let (weights, delays) = (ConnectionColumn(weights), ConnectionColumn(delays))
        return ConnectionTable(pre: pre, post: post, weights: weights, delays: delays)
    }

    /// Which signs the weights have.
    public var signs: WeightSigns {
        var signs = WeightSigns()
        for weight in weights where !weight.isNaN { signs.add(weight) }
        return signs
    }

    /// What is legal in the rows but probably worth knowing.
    ///
    /// - Parameter list: what holds them, at the beginning of a sentence.
    public func warnings(of list: String) -> [String] {
        var warnings: [String] = []
        let step = Wording.number(limits.timestep)
        if raised > 0 { warnings.append("\(raised) delays are below one timestep and become \(step) ms") }
        if rounded > 0 {
            warnings.append(
                "\(rounded) delays are not multiples of the timestep \(step) ms; delays are rounded to whole timesteps")
        }
        if pre.isEmpty, !limits.canForm {
            warnings.append("\(list) has no rows; this projection has no synapses")
        }
        return warnings
    }
}
