/// A projection whose weights are recorded, as every rank describes it.
public struct WeightSignal: Codable, Sendable, Equatable {
    /// Names the file and its edges.
    public var name: String
    /// The projection's name in the network.
    public var projection: String
    /// Numbers of the populations.
    public var pre: Int
    public var post: Int
    /// `nA`, `uS`.
    public var units: String
    /// Ring-buffer units of a unit of weight; negative where weights are written negative, as PyNN has inhibitory
    /// ones of cells that take currents.
    public var scale: Double
    /// Steps between samples; `nil`: one at the end.
    public var interval: Int?
    /// Samples have each weight also with what waits for its source's next spike.
    public var hasPending: Bool
    /// Every sample has synapses of its own.
    public var isStructural: Bool

    /// Samples taken before `step`, but for the one at the end of the run.
    func samples(before step: Int) -> Int { interval.map { (step + $0 - 1) / $0 } ?? 0 }

    public init(
        name: String, projection: String, pre: Int, post: Int, units: String, scale: Double, interval: Int? = nil,
        hasPending: Bool = false, isStructural: Bool = false
    ) {
        self.name = name
        self.projection = projection
        self.pre = pre
        self.post = post
        self.units = units
        self.scale = scale
        self.interval = interval
        self.hasPending = hasPending
        self.isStructural = isStructural
    }

    /// A weight from its stored number; exact, because the scale is a power of two.
    func weight(_ raw: UInt16) -> Float { raw == 0 ? 0 : Float(Double(raw) / scale) }
}
