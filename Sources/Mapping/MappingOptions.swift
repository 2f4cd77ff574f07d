/// Which algorithms map a network; every one of them by the name that `spinnsim map` takes.
public struct MappingOptions: Sendable, Equatable {
    /// Where cores go.
    public enum Placer: String, Sendable, CaseIterable {
        /// Where the trees are shortest: grown cluster by cluster, then annealed.
        case traffic
        /// sPyNNaker's: populations in order, each over connected chips.
        case application
        /// Cores in order, every next chip a neighbour of an earlier one.
        case sequential
        /// Cores in order along a Hilbert curve over the machine.
        case hilbert
    }

    /// How packets find their way.
    public enum Router: String, Sendable, CaseIterable {
        /// The nearest target joins the tree by a shortest path, then links are relieved.
        case steiner
        /// Neighbour-exploring routing: longest dimension first from the nearest point of the tree.
        case neighbourExploring = "ner"
        /// Longest dimension first from the source.
        case longestDimensionFirst = "ldf"
    }

    /// How keys are laid out.
    public enum Keys: String, Sendable, CaseIterable {
        /// Like `flexible`, but the cores that a chip has of a source are numbered in an aligned block.
        case aligned
        /// Every source has as many atom bits as it needs; all source numbers start at one bit.
        case flexible
        /// All sources have the same atom bits.
        case global
        /// No bits between the fields.
        case packed
    }

    /// How tables are made small.
    public enum Compressor: String, Sendable, CaseIterable {
        /// The smallest of what the others find.
        case smallest
        /// Pairs of entries with one route, routes in turn.
        case pair
        /// Ordered covering.
        case orderedCovering = "ordered-covering"
        /// Nothing but what default routing does anyway is left out.
        case none
    }

    public var placer = Placer.traffic
    public var router = Router.steiner
    public var keys = Keys.aligned
    public var compressor = Compressor.smallest
    /// Multiplies the work that placing and relieving links may take, from 0.
    public var effort = 1.0
    /// Seeds the random moves of placement.
    public var seed: UInt64 = 1

    public init() {}
}
