// Cost of Poisson sources that draw from counters beside the chip's algorithm, ns per source and step: best of some
// trials, all in turn. As a list of those that spike, and as a count for each, where all spike often (what a drive that
// nobody records takes). 500 sources of one rate on a core, then rates of their own. Run by Scripts/bench-poisson.

import FixedPoint
import Glibc
import Neurons

let sources = 500
let timing = PoissonTiming(timestep: 1)
let output = UnsafeMutablePointer<SourceSpikes>.allocate(capacity: sources)
let counts = UnsafeMutablePointer<UInt8>.allocate(capacity: sources)

func nanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func text(_ value: Double, _ digits: Double = 1000) -> String {
    let text = "\((value * digits).rounded() / digits)"
    return String(repeating: " ", count: max(0, 9 - text.utf8.count)) + text
}

func compare(_ name: String, _ rates: [[PoissonRate]]) {
    var chip = PoissonCore(rates: rates, timing: timing, random: .compiledIn)
    let meanRate = rates.reduce(0) { $0 + Double($1[0].rate) * 0x1p-32 } / Double(sources)
    let counter = CounterPoissonCore(
        slice: 0..<sources, size: sources, timing: timing, timestep: 1, meanRate: meanRate, seed: 1, population: 0,
        purpose: 1 << 31,
        tables: PoissonTables()
    ) { rates[$0] }
    var best = (chip: Double.infinity, counter: Double.infinity, dense: Double.infinity)
    let isDense = counter.tickDense(0, into: counts)
    var spikes = (chip: 0, counter: 0)
    var step: UInt32 = 1
    let steps: UInt32 = 2000
    func time(_ tick: (UInt32) -> Int) -> (Double, Int) {
        let start = nanoseconds()
        var spiking = 0
        for i in step..<(step + steps) { spiking += tick(i) }
        return ((nanoseconds() - start) / Double(steps) / Double(sources), spiking)
    }
    for _ in 0..<20 {
        let one = time { chip.tick($0, into: output) }
        let other = time { counter.tick($0, into: output) }
        let third = isDense ? time { counter.tickDense($0, into: counts) ? 1 : 0 } : (.infinity, 0)
        best = (min(best.chip, one.0), min(best.counter, other.0), min(best.dense, third.0))
        spikes = (spikes.chip + one.1, spikes.counter + other.1)
        step += steps
    }
    let active = Double(spikes.counter) / Double(max(1, spikes.chip))
    let dense = isDense ? "\(text(best.dense)) \(text(best.chip / best.dense, 10))" : "        -         -"
    print(
        "\(name)   \(text(best.chip)) \(text(best.counter)) \(text(best.chip / best.counter, 10)) \(dense)   "
            + "\(text(active))"
    )
}

print("spikes a step      chip   counter     ratio  as counts     ratio   active sources, counter to chip")
for mean in [1e-4, 1e-3, 0.005, 0.0099, 0.01, 0.03, 0.1, 0.3, 1, 3, 9.9, 10, 30, 60] {
    let rate = PoissonRate(hertz: mean * 1000) ?? PoissonRate(rate: 0)
    compare(text(mean, 10000), Array(repeating: [rate], count: sources))
}
for (low, high) in [(0.0001, 0.01), (0.01, 0.1), (0.1, 1), (1.0, 10.0)] {
    let rates = (0..<sources).map { i in
        [PoissonRate(hertz: 1000 * (low + (high - low) * Double(i) / Double(sources))) ?? PoissonRate(rate: 0)]
    }
    compare("\(low) … \(high)", rates)
}
