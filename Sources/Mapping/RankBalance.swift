/// How evenly ranks share the work, and what has to cross between them, in expectation.
public struct RankBalance: Sendable, Equatable {
    public var ranks: Int
    public var hosts: Int
    /// Cost of the fullest rank over the mean, less one.
    public var imbalance: Double
    /// Part of all packets that some other rank has to hear of.
    public var cut: Double
    /// Part of all packets that some other host has to hear of.
    public var hostCut: Double

    /// Measures an assignment.
    ///
    /// - Parameters:
    ///   - ranks: Rank of each core.
    ///   - count: Number of ranks.
    ///   - hosts: Host of each rank; empty when all are on one.
    /// - Complexity: O(edges).
    /// - Determinism: A function of its arguments.
    public init(_ mapping: Mapping, _ load: CoreLoads, ranks: [Int32], count: Int, hosts: [Int] = []) {
        var costs = [Double](repeating: 0, count: count)
        var (all, crossing, between) = (0.0, 0.0, 0.0)
        for (core, rank) in ranks.enumerated() {
            costs[Int(rank)] += load.costs[core]
            let packets = load.packets[core]
            all += packets
            if mapping.targets[core].contains(where: { ranks[$0] != rank }) { crossing += packets }
            if !hosts.isEmpty,
                mapping.targets[core].contains(where: { hosts[Int(ranks[$0])] != hosts[Int(rank)] })
            {
                between += packets
            }
        }
        self.ranks = count
        self.hosts = hosts.isEmpty ? 1 : Set(hosts).count
        let mean = costs.reduce(0, +) / Double(max(1, count))
        imbalance = mean > 0 ? (costs.max() ?? 0) / mean - 1 : 0
        cut = all > 0 ? crossing / all : 0
        hostCut = all > 0 ? between / all : 0
    }
}
