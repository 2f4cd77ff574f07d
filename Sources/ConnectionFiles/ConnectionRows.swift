import Diagnostics
import Topology

/// Collects the connections of a file, checking each.
struct ConnectionRows {
    /// What the file's connections may be.
    struct Limits {
        var preName: String
        var preSize: Int
        var postName: String
        var postSize: Int
        /// Weights are conductances.
        var isConductance: Bool
        /// ms.
        var timestep: Double
        /// Rows of a file.
        var rows = Int(Int32.max)
    }

    let limits: Limits
    private(set) var pre: [Int32] = []
    private(set) var post: [Int32] = []
    private(set) var weights: [Double] = []
    private(set) var delays: [Double] = []

    init(_ limits: Limits) { self.limits = limits }

    mutating func reserve(_ count: Int) {
        pre.reserveCapacity(count)
        post.reserveCapacity(count)
    }

    /// Adds a connection.
    ///
    /// - Parameters:
    ///   - weight: nA or µS; NaN: none.
    ///   - delay: ms; NaN: none.
    /// - Returns: what is wrong with it, if anything; then it is not added.
    mutating func add(pre source: Int, post target: Int, weight: Double?, delay: Double?) -> String? {
        guard source >= 0, source < limits.preSize else {
            return "the source must be a neuron of \(limits.preName), 0 to \(limits.preSize - 1), got \(source)"
        }
        guard target >= 0, target < limits.postSize else {
            return "the target must be a neuron of \(limits.postName), 0 to \(limits.postSize - 1), got \(target)"
        }
        guard pre.count < limits.rows else { return "there are more than \(limits.rows) connections" }
        if let weight {
            guard weight.isFinite, weight.magnitude < 65536 else {
                return
                    "the weight must be a number of less than 65536 in magnitude (the chip's s16.15 numbers), got \(weight)"
            }
            guard weight >= 0 || !limits.isConductance else {
                return "weights are conductances and must not be negative, got \(weight)"
            }
            weights.append(weight)
        }
        if let delay {
            guard delay > 0, delay.isFinite, delay <= 65535 * limits.timestep else {
                return "the delay must be greater than 0 ms and at most 65535 timesteps, got \(delay)"
            }
            delays.append(max(delay, limits.timestep))
        }
        pre.append(Int32(truncatingIfNeeded: source))
        post.append(Int32(truncatingIfNeeded: target))
        return nil
    }

    /// The connections by target.
    consuming func table() -> ConnectionTable {
        let (weights, delays) = (ConnectionColumn(weights), ConnectionColumn(delays))
        return ConnectionTable(pre: pre, post: post, weights: weights, delays: delays)
    }
}
