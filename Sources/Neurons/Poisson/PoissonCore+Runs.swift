import FixedPoint

extension PoissonCore {
    /// Advances a run of slow sources: emits while the time to spike is below a tick, then subtracts the tick.
    ///
    /// Blocks in which no source spikes, nearly all, take the vectorised way.
    mutating func slow(_ run: Run, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int) -> Int {
        let oneTick: UInt32 = 1000
        let block = 32
        var written = written
        var random = self.random
        timeToSpike.withUnsafeMutableBufferPointer { times in
            parameter.withUnsafeBufferPointer { mean in
                var start = run.start
                while start < run.end {
                    let end = min(start &+ block, run.end)
                    var soonest = UInt32.max
                    for i in start..<end { soonest = min(soonest, times[i]) }
                    if soonest >= oneTick {
                        for i in start..<end { times[i] &-= oneTick }
                    } else {
                        for i in start..<end {
                            var time = times[i]
                            var count: UInt32 = 0
                            while time < oneTick {
                                count &+= 1
                                time &+= PoissonCore.interval(mean: mean[i], &random)
                            }
                            times[i] = time &- oneTick
                            if count != 0 {
                                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: i), count: count)
                                written &+= 1
                            }
                        }
                    }
                    start = end
                }
            }
        }
        self.random = random
        return written
    }

    /// Advances a run of fast sources: a count each by Knuth's product.
    mutating func fast(_ run: Run, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int) -> Int {
        var written = written
        var random = self.random
        parameter.withUnsafeBufferPointer { expMinusLambda in
            for i in run.start..<run.end {
                let count = random.poisson(expMinusLambda: expMinusLambda[i])
                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: i), count: count)
                written &+= count != 0 ? 1 : 0
            }
        }
        self.random = random
        return written
    }

    /// Advances a run of normal sources: a count each from a normal variate.
    mutating func normal(_ run: Run, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int) -> Int {
        var written = written
        var random = self.random
        parameter.withUnsafeBufferPointer { sqrtLambda in
            for i in run.start..<run.end {
                let count = PoissonCore.normalCount(sqrtLambda: sqrtLambda[i], &random)
                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: i), count: count)
                written &+= count != 0 ? 1 : 0
            }
        }
        self.random = random
        return written
    }
}
