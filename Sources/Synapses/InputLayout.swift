/// Where the input of a neuron in a step to come is summed: entry `(step mod groupSteps) · stride + neuron`.
///
/// A segment of a row covers `groupSteps` delays in turn. It is delivered when the first of them comes, so that the
/// sums under way at any time are those of `groupSteps` steps only, which stay in the processor's cache however long
/// the delays are.
public struct InputLayout: Sendable, Equatable {
    /// Entries of a step: the rank's neurons, padded.
    public let stride: Int
    /// Binary logarithm of ``groupSteps``.
    public var groupShift: Int

    /// Lays out `neurons` of a rank, padding between groups included.
    ///
    /// - Parameter groupShift: At least what is needed for the sums to be whole pages; `nil`: that.
    public init(neurons: Int, groupShift: Int? = nil) {
        let granule = neurons <= 4096 ? 64 : 1024
        let stride = max((neurons + granule - 1) / granule * granule, granule)
        var least = 0
        while (stride << least) % 1024 != 0 { least += 1 }
        self.stride = stride
        self.groupShift = max(least, groupShift ?? least)
    }

    /// Delays that a segment covers.
    public var groupSteps: Int { 1 << groupShift }

    /// Stretches of 65536 entries that a group's sums take: more than 1 only where a group is one step.
    public var windows: Int { max(1, (groupSteps * stride + 65535) / 65536) }

    /// The longest groups whose entries 16 bits can number.
    var largestShift: Int {
        var shift = 0
        while stride << (shift + 1) <= 65536 { shift += 1 }
        return shift
    }

    /// Groups times windows of delays up to `longest`: in how many segments a row can fall.
    func spans(longest: Int) -> Int { ((longest >> groupShift) + 1) * windows }

    /// By delay, what to add to the neuron: the sum's upper part is the span, the lower 16 bits are the offset in it.
    func bases(longest: Int) -> [UInt64] {
        (0...longest).map { delay in
            UInt64((delay >> groupShift) * windows) << 16 + UInt64((delay & (groupSteps - 1)) * stride)
        }
    }
}
