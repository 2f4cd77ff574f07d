/// Where distances between neurons are taken: PyNN's `Space`.
public struct Space: Sendable, Equatable {
    /// Coordinates that count, ascending: 0 is x.
    public var axes: [Int]
    /// What the targets' coordinates are multiplied by, after `offset` is added.
    public var scaleFactor: Double
    /// What is added to the targets' coordinates, `[3]`.
    public var offset: [Double]
    /// Where each coordinate comes round again, `[3]`; `nil`: nowhere.
    public var periodicBoundaries: [ClosedRange<Double>?]

    public init(
        axes: [Int] = [0, 1, 2], scaleFactor: Double = 1, offset: [Double] = [0, 0, 0],
        periodicBoundaries: [ClosedRange<Double>?] = [nil, nil, nil]
    ) {
        self.axes = axes
        self.scaleFactor = scaleFactor
        self.offset = offset
        self.periodicBoundaries = periodicBoundaries
    }

    /// PyNN's names of sets of axes.
    static let axisNames: [(name: String, axes: [Int])] = [
        ("x", [0]), ("y", [1]), ("z", [2]), ("xy", [0, 1]), ("yz", [1, 2]), ("xz", [0, 2]), ("xyz", [0, 1, 2]),
    ]

    /// Distances along one axis of `count` sources to a target, into `result`.
    func distances(
        _ axis: Int, from sources: UnsafePointer<Double>, count: Int, to target: Double,
        into result: UnsafeMutablePointer<Double>
    ) {
        let there = scaleFactor * (target + offset[axis])
        guard let boundary = periodicBoundaries[axis] else {
            for i in 0..<count { result[i] = (sources[i] - there).magnitude }
            return
        }
        let range = boundary.upperBound - boundary.lowerBound
        for i in 0..<count {
            let straight = (sources[i] - there).magnitude
            result[i] = min(straight, range - straight).magnitude
        }
    }
}
