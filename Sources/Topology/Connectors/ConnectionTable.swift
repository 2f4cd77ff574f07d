/// Connections one by one, as a list or a file has them, kept by target.
///
/// Four bytes a connection, and eight for each of weight and delay where they differ; connections of a target keep the
/// order they were given in.
public struct ConnectionTable: ConnectionPattern, Equatable {
    /// First connection of each target, and the end.
    private let starts: [Int]
    private let pres: [Int32]
    private let weights: ConnectionColumn
    private let delays: ConnectionColumn

    /// - Parameters:
    ///   - pre: Source of each connection, `[n]`.
    ///   - post: Target of each connection, `[n]`.
    ///   - weights: nA or µS.
    ///   - delays: ms.
    /// - Complexity: O(n + largest target).
    public init(pre: [Int32], post: [Int32], weights: ConnectionColumn = .none, delays: ConnectionColumn = .none) {
        precondition(pre.count == post.count, "a target for each source")
        var starts = [Int](repeating: 0, count: Int(post.max() ?? -1) + 2)
        for post in post { starts[Int(post) + 1] += 1 }
        for i in 1..<starts.count { starts[i] += starts[i - 1] }
        // Where each connection goes; ascending targets are in their places already.
        guard zip(post, post.dropFirst()).contains(where: { $0 > $1 }) else {
            self.starts = starts
            pres = pre
            self.weights = weights
            self.delays = delays
            return
        }
        var next = starts
        let places = post.map { post in
            defer { next[Int(post)] += 1 }
            return next[Int(post)]
        }
        self.starts = starts
        pres = [Int32](unsafeUninitializedCapacity: pre.count) { buffer, count in
            for (i, place) in places.enumerated() { buffer.initializeElement(at: place, to: pre[i]) }
            count = pre.count
        }
        self.weights = weights.moved(to: places)
        self.delays = delays.moved(to: places)
    }

    /// The connections of a list's rows.
    public init(_ rows: [ListedConnection]) {
        self.init(
            pre: rows.map(\.pre), post: rows.map(\.post), weights: ConnectionColumn(rows.map { $0.weight ?? .nan }),
            delays: ConnectionColumn(rows.map { $0.delay ?? .nan }))
    }

    public var count: Int { pres.count }

    /// Bytes that the table takes.
    public var memory: Int { 8 * starts.count + 4 * pres.count + weights.memory + delays.memory }

    public var mostPerTarget: Int {
        var most = 0
        for i in 1..<starts.count { most = max(most, starts[i] - starts[i - 1]) }
        return most
    }

    public var hasWeights: Bool { weights.bounds != nil }
    public var hasDelays: Bool { delays.bounds != nil }
    public var hasAllWeights: Bool { weights.isFull }
    public var hasAllDelays: Bool { delays.isFull }
    public var weightBounds: ClosedRange<Double>? { weights.bounds }
    public var delayBounds: ClosedRange<Double>? { delays.bounds }
    public func weight(_ value: Int) -> Double { weights[value] }
    public func delay(_ value: Int) -> Double { delays[value] }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        guard post + 1 < starts.count else { return }
        for i in starts[post]..<starts[post + 1] { body(Int(pres[i]), i) }
    }
}

/// A value of each connection of a table.
public enum ConnectionColumn: Sendable, Equatable {
    case none
    case constant(Double)
    /// NaN: none for this connection.
    case values([Double], bounds: ClosedRange<Double>, isFull: Bool)

    /// - Parameter values: `[n]`, NaN where a connection has none.
    public init(_ values: [Double]) {
        var low = Double.infinity
        var high = -Double.infinity
        var missing = 0
        for value in values {
            if value.isNaN {
                missing += 1
            } else {
                low = min(low, value)
                high = max(high, value)
            }
        }
        if low > high {
            self = .none
        } else if low == high, missing == 0 {
            self = .constant(low)
        } else {
            self = .values(values, bounds: low...high, isFull: missing == 0)
        }
    }

    var bounds: ClosedRange<Double>? {
        switch self {
        case .none: nil
        case .constant(let value): value...value
        case .values(_, let bounds, _): bounds
        }
    }

    var memory: Int { if case .values(let values, _, _) = self { 8 * values.count } else { 0 } }

    var isFull: Bool {
        switch self {
        case .none: false
        case .constant: true
        case .values(_, _, let isFull): isFull
        }
    }

    subscript(row: Int) -> Double {
        switch self {
        case .none: .nan
        case .constant(let value): value
        case .values(let values, _, _): values[row]
        }
    }

    /// The same values, that of row i at `places[i]`.
    func moved(to places: [Int]) -> ConnectionColumn {
        guard case .values(let values, let bounds, let isFull) = self else { return self }
        let moved = [Double](unsafeUninitializedCapacity: values.count) { buffer, count in
            for (i, place) in places.enumerated() { buffer.initializeElement(at: place, to: values[i]) }
            count = values.count
        }
        return .values(moved, bounds: bounds, isFull: isFull)
    }
}
