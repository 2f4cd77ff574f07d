/// Bounds of weights that another projection's spikes change.
public struct WeightChangeable: Sendable, Equatable {
    /// Magnitudes, nA or µS.
    public var minimum: Double
    public var maximum: Double

    public init(minimum: Double, maximum: Double) {
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// What each spike adds to the weights that its target has from another projection.
public struct WeightChanger: Sendable, Equatable {
    /// nA or µS, of either sign.
    public var change: Double
    /// Name of the projection.
    public var projection: String

    public init(change: Double, projection: String) {
        self.change = change
        self.projection = projection
    }
}
