import FixedPoint

/// A current injected into neurons, in the words that the chip holds; steps count from 0.
///
/// - Source: Documentation/Chip.md, "Injected currents"; conversions to steps and radians as sPyNNaker's
///   Python makes them.
public enum InjectedCurrent: Sendable, Hashable {
    /// An amplitude from `start` up to `stop`.
    case dc(amplitude: Int32, start: UInt32, stop: UInt32)
    /// offset + amplitude × sin((t − start) × frequency + phase), frequency in radians per step.
    case ac(amplitude: Int32, offset: Int32, frequency: Int32, phase: Int32, start: UInt32, stop: UInt32)
    /// The amplitude of the latest of ascending times; 0 before the first.
    case step(times: [UInt32], amplitudes: [Int32])
    /// A normal variate a neuron and sub-step, from `start` up to `stop`.
    case noisy(mean: Int32, deviation: Int32, start: UInt32, stop: UInt32)

    /// A DC source in PyNN's units: nA and ms; `stop` `nil` for never.
    public static func dc(amplitude: Double, start: Double, stop: Double?, timestep: Double) -> InjectedCurrent {
        .dc(amplitude: word(amplitude), start: tick(start, timestep), stop: tick(stop, timestep))
    }

    /// An AC source in PyNN's units: nA, Hz, degrees and ms.
    public static func ac(
        amplitude: Double, offset: Double, frequency: Double, phase: Double, start: Double, stop: Double?,
        timestep: Double
    ) -> InjectedCurrent {
        .ac(
            amplitude: word(amplitude), offset: word(offset),
            frequency: word(frequency * 2 * .pi / 1000 * timestep), phase: word(phase * (.pi / 180)),
            start: tick(start, timestep), stop: tick(stop, timestep))
    }

    /// A step source in PyNN's units: ms and nA.
    public static func step(times: [Double], amplitudes: [Double], timestep: Double) -> InjectedCurrent {
        .step(times: times.map { tick($0, timestep) }, amplitudes: amplitudes.map(word))
    }

    /// A noisy source in PyNN's units: nA and ms.
    public static func noisy(
        mean: Double, deviation: Double, start: Double, stop: Double?, timestep: Double
    ) -> InjectedCurrent {
        .noisy(mean: word(mean), deviation: word(deviation), start: tick(start, timestep), stop: tick(stop, timestep))
    }

    private static func word(_ value: Double) -> Int32 { S1615(saturating: value).raw }

    /// Steps, truncated but for what a division of decimal numbers leaves.
    private static func tick(_ milliseconds: Double?, _ timestep: Double) -> UInt32 {
        guard let milliseconds else { return .max }
        return UInt32(clamping: Int64((milliseconds / timestep + 1e-6).rounded(.down).clamped(to: 0...4_294_967_295)))
    }

    /// The current at a step of a source whose neurons all have the same: DC and AC.
    func shared(at time: UInt32) -> Int32 {
        switch self {
        case .dc(let amplitude, let start, let stop):
            return time >= start && time < stop ? amplitude : 0
        case .ac(let amplitude, let offset, let frequency, let phase, let start, let stop):
            guard time >= start, time < stop else { return 0 }
            // As accums, which wrap.
            let elapsed = Int32(bitPattern: (time &- start) &<< 15)
            let sine = Sine.sink(Accum.multiply(elapsed, frequency) &+ phase)
            return offset &+ Accum.multiply(amplitude, sine)
        case .step, .noisy: return 0
        }
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

/// The currents injected into the neurons of a group, step by step.
///
/// Each core has its own copy of a source, as on the chip: a noisy source of several neurons draws for them in order,
/// and for each neuron its sub-steps in turn. Currents of several sources are added, wrapping.
///
/// - Complexity: O(neurons with a source × sub-steps) a step; no allocation.
/// - Determinism: noisy sources without draws of their own depend on how the group is cut into cores; others do not.
public final class InjectedCurrents {
    /// One source and the neurons it goes to.
    public struct Attachment {
        /// The source.
        public var current: InjectedCurrent
        /// Positions in the group, ascending.
        public var neurons: [Int]
        /// The generator of a core's copy of a noisy source.
        public var seed: (_ core: Int) -> KISS64
        /// What a noisy source draws instead of from those generators.
        public var draws: NeuronDraws?
        /// Tells sources apart.
        public var number: Int

        /// Attaches a source.
        public init(
            _ current: InjectedCurrent, to neurons: [Int], seed: @escaping (Int) -> KISS64, draws: NeuronDraws? = nil,
            number: Int = 0
        ) {
            self.number = number
            self.current = current
            self.neurons = neurons
            self.seed = seed
            self.draws = draws
        }
    }

    /// A source on one core.
    struct Copy {
        let current: InjectedCurrent
        /// Neurons' positions in `neurons`.
        let range: Range<Int>
        var generator: KISS64
        let draws: NeuronDraws?
        /// The source's number, and the core's.
        let (number, core): (Int, Int)
        /// Next entry and current amplitude of a step source.
        var index = 0
        var amplitude: Int32 = 0
    }

    /// Words from a sub-step's currents to the next.
    public let stride: Int
    private let subSteps: Int
    private let words: UnsafeMutablePointer<Int32>
    private let neurons: [Int]
    var copies: [Copy] = []

    /// Attaches sources to a group.
    ///
    /// - Parameters:
    ///   - attachments: sources in the order they were injected in.
    ///   - count: number of neurons.
    ///   - subSteps: updates per step.
    ///   - cores: neurons of each core, in order; `nil`: one core.
    public init(_ attachments: [Attachment], count: Int, subSteps: Int = 1, cores: [Int]? = nil) {
        stride = (count + 16) / 16 * 16
        self.subSteps = subSteps
        words = .allocate(capacity: stride * subSteps)
        words.initialize(repeating: 0, count: stride * subSteps)
        var neurons: [Int] = []
        for attachment in attachments {
            var first = 0
            for (core, size) in (cores ?? [count]).enumerated() {
                let start = neurons.count
                neurons += attachment.neurons.filter { (first..<(first + size)).contains($0) }
                if neurons.count > start {
                    copies.append(
                        Copy(
                            current: attachment.current, range: start..<neurons.count, generator: attachment.seed(core),
                            draws: attachment.draws, number: attachment.number, core: core))
                }
                first += size
            }
        }
        self.neurons = neurons
    }

    deinit { words.deallocate() }

    /// Takes over how far the sources of the same neurons are, which are not used any more.
    ///
    /// - Parameters:
    ///   - changed: The number of a source that is new or another.
    ///   - time: The step to come; a changed source is as if it had always been as it is.
    public func takeState(of other: InjectedCurrents?, changed: Int, at time: UInt32) {
        for index in copies.indices {
            let copy = copies[index]
            let old = other?.copies.first { ($0.number, $0.core) == (copy.number, copy.core) }
            if let old { copies[index].generator = old.generator }
            if let old, copy.number != changed || old.current == copy.current {
                (copies[index].index, copies[index].amplitude) = (old.index, old.amplitude)
            } else if case .step(let times, let amplitudes) = copy.current {
                copies[index].index = times.prefix { $0 < time }.count
                copies[index].amplitude = copies[index].index > 0 ? amplitudes[copies[index].index - 1] : 0
            }
        }
    }

    /// No neuron has a source.
    public var isEmpty: Bool { copies.isEmpty }

    /// The currents of a step.
    ///
    /// - Parameter time: the step; each call names a later one than the call before.
    /// - Returns: for each sub-step `[count]` accums, ``stride`` apart, valid until the next call.
    public func step(_ time: UInt32) -> UnsafePointer<Int32> {
        words.update(repeating: 0, count: stride * subSteps)
        for index in copies.indices {
            switch copies[index].current {
            case .dc, .ac:
                let current = copies[index].current.shared(at: time)
                if current != 0 { add(copies[index].range) { current } }
            case .step(let times, let amplitudes):
                var copy = copies[index]
                add(copy.range) {
                    if copy.index < times.count, time >= times[copy.index] {
                        copy.amplitude = amplitudes[copy.index]
                        copy.index += 1
                    }
                    return copy.amplitude
                }
                copies[index] = copy
            case .noisy(let mean, let deviation, let start, let stop):
                guard time >= start, time < stop else { continue }
                if let draws = copies[index].draws {
                    addNoise(copies[index].range, mean, deviation, draws, time)
                    continue
                }
                var generator = copies[index].generator
                add(copies[index].range) { mean &+ Accum.multiply(deviation, generator.gaussian()) }
                copies[index].generator = generator
            }
        }
        return UnsafePointer(words)
    }

    private func addNoise(
        _ range: Range<Int>, _ mean: Int32, _ deviation: Int32, _ draws: NeuronDraws, _ time: UInt32
    ) {
        for position in range {
            let neuron = neurons[position]
            for subStep in 0..<subSteps {
                let variate = NormalQuantile.accum(ofUpperBits: draws.word(neuron, time: time, draw: subStep))
                let place = subStep * stride + neuron
                words[place] = words[place] &+ mean &+ Accum.multiply(deviation, variate)
            }
        }
    }

    private func add(_ range: Range<Int>, _ current: () -> Int32) {
        for position in range {
            let neuron = neurons[position]
            for subStep in 0..<subSteps {
                words[subStep * stride + neuron] = words[subStep * stride + neuron] &+ current()
            }
        }
    }
}

extension InjectedCurrents {
    /// The sources of one neuron as a core's memory region lists them.
    ///
    /// Words: number of sources; the neuron's number of sources and for each its kind (1 DC, 2 AC, 3 step, 4 noisy) and
    /// its number among those of its kind; how many there are of each kind; then all sources, kind by kind.
    ///
    /// - Returns: sources with their generators in the neuron's order; `nil` when the words do not fit.
    /// - Source: read off golden `current_sources_IF_curr_exp.json`.
    public static func sources(ofRegion words: [UInt32]) -> [(current: InjectedCurrent, seed: KISS64)]? {
        var position = 1
        var isComplete = true
        func next() -> UInt32 {
            guard position < words.count else {
                isComplete = false
                return 0
            }
            position += 1
            return words[position - 1]
        }
        func accum() -> Int32 { Int32(bitPattern: next()) }
        func list() -> [UInt32] { (0..<min(next(), UInt32(words.count))).map { _ in next() } }
        let count = Int(min(next(), UInt32(words.count)))
        let order = (0..<count).map { _ in (kind: Int(next()), number: Int(next())) }
        let counts = (0..<4).map { _ in Int(min(next(), UInt32(words.count))) }
        var kinds: [[(InjectedCurrent, KISS64)]] = [[], [], [], []]
        let none = KISS64.compiledIn
        for _ in 0..<counts[0] {
            kinds[0].append((.dc(amplitude: accum(), start: next(), stop: next()), none))
        }
        for _ in 0..<counts[1] {
            let (start, stop) = (next(), next())
            kinds[1].append(
                (
                    .ac(
                        amplitude: accum(), offset: accum(), frequency: accum(), phase: accum(), start: start,
                        stop: stop),
                    none
                ))
        }
        for _ in 0..<counts[2] {
            let times = list()
            let amplitudes = list().map { Int32(bitPattern: $0) }
            guard times.count == amplitudes.count else { return nil }
            kinds[2].append((.step(times: times, amplitudes: amplitudes), none))
        }
        for _ in 0..<counts[3] {
            let (mean, deviation, start, stop) = (accum(), accum(), next(), next())
            _ = next()  // The interval, which the chip ignores.
            kinds[3].append(
                (
                    .noisy(mean: mean, deviation: deviation, start: start, stop: stop),
                    KISS64(x: next(), y: next(), z: next(), c: next())
                ))
        }
        guard isComplete, order.allSatisfy({ (1...4).contains($0.kind) && $0.number < kinds[$0.kind - 1].count }) else {
            return nil
        }
        return order.map { kinds[$0.kind - 1][$0.number] }
    }
}
