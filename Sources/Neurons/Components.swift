// The parts cells are made of: synapse shapes, neuron dynamics and thresholds, each as functions on one neuron's words.
//
// A cell model is a kernel (one file each) that loads a neuron's words, calls these in the chip's order, and stores. A new
// model adds the parts it lacks here and its own loop; everything inlines, so a part costs nothing to share.

import FixedPoint

/// The exponentially decaying synaptic input.
///
/// - Source: golden README §4.4.
public enum ExponentialSynapse {
    /// Decay and init for a time constant: decay = e^−(ts ÷ τ), init = (τ ÷ ts)(1 − decay), low 32 bits.
    ///
    /// With ts ÷ τ truncated to 0 the decay wraps to 0, and an init beyond 1 wraps too; both as on the chip.
    ///
    /// - Parameters:
    ///   - timeConstant: τ, accum ms.
    ///   - step: ts, accum ms.
    public static func constants(timeConstant: Int32, step: Int32) -> (decay: UInt32, initial: UInt32) {
        let decay = Exponential.expulr(0 &- Accum.divide(step, timeConstant))
        let initial = Accum.decayToFraction(Accum.divide(timeConstant, step), by: Accum.unitFraction &- decay)
        return (decay, initial)
    }

    /// Adds an arriving ring-buffer entry; an empty one adds nothing.
    @inlinable @inline(__always)
    static func add(_ entry: UInt16, leftShift: UInt32, to value: Int32, initial: UInt32) -> Int32 {
        value &+ Accum.decay(Accum.input(entry, leftShift: leftShift), by: initial)
    }

    /// The value after a step's decay.
    @inlinable @inline(__always)
    static func shape(_ value: Int32, decay: UInt32) -> Int32 { Accum.decay(value, by: decay) }
}

/// The leaky integrate-and-fire membrane.
///
/// - Source: golden README §4.2.
public enum LeakyMembrane {
    /// One update, and reset when the result reaches the threshold.
    ///
    /// While refractory the timer counts down and V stays; V is compared with the threshold all the same, so that a reset
    /// potential at or above the threshold fires every step.
    ///
    /// - Parameters:
    ///   - v: membrane potential, accum.
    ///   - refractory: updates still to skip.
    ///   - input: current, accum, without the constant current.
    ///   - p: the neuron's constants.
    @inlinable @inline(__always)
    static func advance(
        _ v: Int32, refractory: Int32, input: Int32, _ p: LIFConstants
    ) -> (v: Int32, refractory: Int32, fires: Bool) {
        let alpha = Accum.multiply(input &+ p.iOffset, p.resistance) &+ p.vRest
        let relaxed = alpha &- Accum.multiply(p.membraneDecay, alpha &- v)
        let active = refractory <= 0
        let updated = active ? relaxed : v
        let timer = active ? refractory : refractory &- 1
        let fires = updated >= p.vThreshold
        return (fires ? p.vReset : updated, fires ? p.refractorySteps : timer, fires)
    }
}
