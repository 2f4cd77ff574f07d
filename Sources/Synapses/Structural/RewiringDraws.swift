import FixedPoint
import Sampling
import Topology

/// The random words by which a population is rewired.
///
/// On the chip all cores of a population have one generator alike, which says whose turn it is, and each core one of
/// its own for the rest. By counters every attempt has its own words instead.
///
/// - Determinism: Words depend on the seed, the population and, those of the chip, on the slices of its cores and on
///   what was drawn before; never on the ranks.
struct RewiringDraws: Sendable {
    /// Of all cores alike.
    var shared: KISS64
    /// By core of the rank.
    var own: [KISS64]
    /// `nil`: the chip's generators.
    private let counters: Philox4x32?
    private let population: UInt32
    private var step: UInt32 = 0
    private var attempt: UInt32 = 0
    private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var used: UInt32 = 0

    /// The draws of a population.
    ///
    /// - Parameters:
    ///   - mechanism: Its seed, if it has one: the chip's generators then start as sPyNNaker's do, whose host draws
    ///     them from NumPy's generator, four words for the cores together and four for each core in turn.
    ///   - cores: Places of the rank's cores among the population's, ascending.
    init(_ mechanism: StructuralPlasticity, of population: Int, _ simulation: Simulation, cores: [Int]) {
        self.population = UInt32(truncatingIfNeeded: population)
        let seed = mechanism.seed ?? simulation.seed
        counters = simulation.random == .counter ? Philox4x32(key: seed) : nil
        guard let given = mechanism.seed else {
            let philox = Philox4x32(key: seed)
            let number = self.population
            func generator(_ place: UInt32) -> KISS64 {
                KISS64(validatingSeed: philox.block(place, 0, number, DrawPurpose.rewiringSeed))
            }
            shared = generator(0)
            own = cores.map { generator(UInt32(truncatingIfNeeded: $0 + 1)) }
            return
        }
        var host = MersenneTwister(seed: UInt32(truncatingIfNeeded: given))
        func generator() -> KISS64 {
            let x = host.wordBelowLargest()
            let y = host.wordBelowLargest()
            let z = host.wordBelowLargest()
            return KISS64(validatingSeed: (x, y, z, host.wordBelowLargest()))
        }
        shared = generator()
        let all = (0...(cores.last ?? 0)).map { _ in generator() }
        own = cores.map { all[$0] }
    }

    /// Begins an attempt, numbered within its step.
    mutating func begin(step: Int, attempt: Int) {
        guard counters != nil else { return }
        self.step = UInt32(truncatingIfNeeded: step)
        self.attempt = UInt32(truncatingIfNeeded: attempt)
        used = 0
    }

    /// Whose turn it is.
    mutating func target(below count: Int) -> Int {
        Self.number(counters == nil ? shared.next() : nextOfCounter(), below: count)
    }

    /// A word of a core.
    mutating func word(core: Int) -> UInt32 { counters == nil ? own[core].next() : nextOfCounter() }

    /// A number of a core.
    mutating func number(below count: Int, core: Int) -> Int { Self.number(word(core: core), below: count) }

    private static func number(_ word: UInt32, below count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(word) &* UInt64(count)) &>> 32)
    }

    private mutating func nextOfCounter() -> UInt32 {
        if used & 3 == 0, let counters {
            block = counters.block(attempt &<< 1 | used &>> 2, step, population, DrawPurpose.rewiring)
        }
        defer { used &+= 1 }
        return switch used & 3 {
        case 0: block.0
        case 1: block.1
        case 2: block.2
        default: block.3
        }
    }
}
