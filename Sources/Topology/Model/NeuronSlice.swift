/// The neurons that one core holds, ascending: a range of a population, or a block of one laid out in up to three
/// dimensions.
///
/// A place in the slice is the neuron's index on its core; the neurons themselves keep their numbers in the population.
@frozen
public struct NeuronSlice: RandomAccessCollection, Hashable, Sendable {
    /// The first neuron.
    public let lowerBound: Int
    /// Extents, the fastest last.
    @usableFromInline let planes: Int
    @usableFromInline let rows: Int
    @usableFromInline let columns: Int
    /// Neurons from one row, and from one plane, of the population to the next.
    @usableFromInline let rowStride: Int
    @usableFromInline let planeStride: Int

    /// A range of neurons.
    @inlinable
    public init(_ range: Range<Int>) {
        self.init(
            lowerBound: range.lowerBound, planes: 1, rows: 1, columns: range.count, rowStride: range.count,
            planeStride: range.count)
    }

    @inlinable
    init(lowerBound: Int, planes: Int, rows: Int, columns: Int, rowStride: Int, planeStride: Int) {
        self.lowerBound = lowerBound
        self.planes = planes
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride
        self.planeStride = planeStride
    }

    /// A block of a population whose neurons are numbered along its last dimension first.
    ///
    /// - Parameters:
    ///   - corner: Where the block begins, one index a dimension.
    ///   - extent: Neurons a dimension.
    ///   - shape: Of the population.
    /// - Precondition: At most three dimensions, and the block lies within the shape.
    public init(corner: [Int], extent: [Int], of shape: [Int]) {
        precondition(shape.count <= 3 && corner.count == shape.count && extent.count == shape.count)
        let lost = 3 - shape.count
        func at(_ list: [Int], _ dimension: Int, or other: Int) -> Int {
            dimension < lost ? other : list[dimension - lost]
        }
        let (columns, rows) = (at(shape, 2, or: 1), at(shape, 1, or: 1))
        let first = (at(corner, 0, or: 0) * rows + at(corner, 1, or: 0)) * columns + at(corner, 2, or: 0)
        let part = (planes: at(extent, 0, or: 1), rows: at(extent, 1, or: 1), columns: at(extent, 2, or: 1))
        // What has no gaps is a range, however it is described.
        if (part.columns == columns || part.rows == 1)
            && (part.rows * part.columns == rows * columns || part.planes == 1)
        {
            self.init(first..<first + part.planes * part.rows * part.columns)
        } else {
            self.init(
                lowerBound: first, planes: part.planes, rows: part.rows, columns: part.columns, rowStride: columns,
                planeStride: rows * columns)
        }
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { planes &* rows &* columns }
    @inlinable public var count: Int { endIndex }

    /// One past the last neuron.
    @inlinable
    public var upperBound: Int {
        lowerBound &+ (planes &- 1) &* planeStride &+ (rows &- 1) &* rowStride &+ columns
    }

    /// The neurons follow one another without gaps.
    @inlinable public var isRange: Bool { rows &* planes == 1 }

    /// The neuron at a place.
    @inlinable
    public subscript(place: Int) -> Int {
        if isRange { return lowerBound &+ place }
        let (row, column) = (place / columns, place % columns)
        return lowerBound &+ row / rows &* planeStride &+ row % rows &* rowStride &+ column
    }

    /// The place of a neuron; `nil` when it is not in the slice.
    ///
    /// - Complexity: O(1).
    @inlinable
    public func place(of neuron: Int) -> Int? {
        let offset = neuron &- lowerBound
        guard offset >= 0, offset < upperBound &- lowerBound else { return nil }
        if isRange { return offset }
        let (plane, inPlane) = (offset / planeStride, offset % planeStride)
        let (row, column) = (inPlane / rowStride, inPlane % rowStride)
        guard row < rows, column < columns else { return nil }
        return (plane &* rows &+ row) &* columns &+ column
    }

    /// - Complexity: O(1).
    @inlinable
    public func contains(_ neuron: Int) -> Bool { place(of: neuron) != nil }

    /// The ranges without gaps that make up the slice, ascending.
    public var ranges: [Range<Int>] {
        (0..<planes * rows).map { row in
            let first = self[row * columns]
            return first..<first + columns
        }
    }

    /// How many entries a list of running sums, which starts with 0, adds over the slice.
    ///
    /// - Complexity: O(rows).
    public func total(ofRunning sums: [Int]) -> Int {
        isRange
            ? sums[upperBound] - sums[lowerBound]
            : ranges.reduce(0) { $0 + sums[$1.upperBound] - sums[$1.lowerBound] }
    }
}

extension NeuronSlice: CustomStringConvertible {
    /// First and last neuron, with the extents of a block.
    public var description: String {
        let ends = "\(lowerBound)-\(upperBound - 1)"
        if isRange { return ends }
        return ends + " (" + (planes > 1 ? "\(planes)×" : "") + "\(rows)×\(columns))"
    }
}

extension NeuronSlice {
    /// The slice as whole numbers, for ``init(words:)``.
    public var words: [Int] { [lowerBound, planes, rows, columns, rowStride, planeStride] }

    /// Reads back ``words``; `nil` when no slice has these.
    public init?(words: [Int]) {
        guard words.count == 6, words[0] >= 0, words.dropFirst().allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(
            lowerBound: words[0], planes: words[1], rows: words[2], columns: words[3], rowStride: words[4],
            planeStride: words[5])
    }
}
