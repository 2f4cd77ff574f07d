// The IF_curr_exp cell: one tick of a group of neurons.
//
// A tick has two halves. The transfer adds the tick's ring-buffer entries to the synaptic inputs and empties them. The
// advance integrates the membrane, fires, resets, and decays the inputs, whether or not the neuron fired or was refractory.
// What the chip records lies between the two: V before the advance and the inputs after the transfer. So a tick is
//
//   updateIFCurrExp                              both halves in one pass, when no synaptic input is recorded;
//   transferIFCurrExp, record, advanceIFCurrExp  when it is.
//
// V is not touched by the transfer, so it can be recorded before either. With n sub-steps per tick the first is one of the
// above and the rest are advanceIFCurrExp(accumulating: true), which add to the spike counts. All loops are made of the same
// per-neuron functions and give the same bits; each exists once per form of the constants, by generic specialisation.

import FixedPoint

/// The state of a group of IF_curr_exp neurons: one array per variable.
@frozen
public struct IFCurrExpState {
    /// `[count]` membrane potentials, accum mV.
    public let v: UnsafeMutablePointer<Int32>
    /// `[count]` updates still to skip.
    public let refractory: UnsafeMutablePointer<Int32>
    /// `[count]` excitatory inputs, accum nA.
    public let excitatory: UnsafeMutablePointer<Int32>
    /// `[count]` inhibitory inputs, accum nA.
    public let inhibitory: UnsafeMutablePointer<Int32>

    /// Views four arrays that do not overlap and that the caller owns.
    @inlinable
    public init(
        v: UnsafeMutablePointer<Int32>, refractory: UnsafeMutablePointer<Int32>,
        excitatory: UnsafeMutablePointer<Int32>, inhibitory: UnsafeMutablePointer<Int32>
    ) {
        self.v = v
        self.refractory = refractory
        self.excitatory = excitatory
        self.inhibitory = inhibitory
    }
}

/// One tick's ring-buffer slot of a group with two synapse types.
@frozen
public struct RingSlot {
    /// `[count]` excitatory entries.
    public let excitatory: UnsafeMutablePointer<UInt16>
    /// `[count]` inhibitory entries.
    public let inhibitory: UnsafeMutablePointer<UInt16>
    /// Left shift of the excitatory entries, below 32.
    public let excitatoryShift: UInt32
    /// Left shift of the inhibitory entries, below 32.
    public let inhibitoryShift: UInt32

    /// Views two arrays that do not overlap and that the caller owns.
    @inlinable
    public init(
        excitatory: UnsafeMutablePointer<UInt16>, inhibitory: UnsafeMutablePointer<UInt16>,
        excitatoryShift: UInt32, inhibitoryShift: UInt32
    ) {
        self.excitatory = excitatory
        self.inhibitory = inhibitory
        self.excitatoryShift = excitatoryShift
        self.inhibitoryShift = inhibitoryShift
    }
}

/// Transfers the tick's input and advances a group by one (sub-)step.
///
/// - Parameters:
///   - group: constants; pointers in it cover `count` neurons.
///   - state: read and written.
///   - slot: read and zeroed.
///   - fired: `[count]`, set to 1 for a neuron that fired and 0 otherwise.
///   - count: number of neurons.
/// - Complexity: O(`count`), no allocation; vectorised.
/// - Determinism: bit-exact to the chip; neurons are independent of one another.
/// - Source: golden README §4.1–§4.4.
public func updateIFCurrExp(
    _ group: LIFGroup, state: IFCurrExpState, slot: RingSlot, fired: UnsafeMutablePointer<UInt8>, count: Int
) {
    switch group {
    case .uniform(let shared):
        update(UniformLIF(shared: shared), state, slot, fired, count)
    case .offsets(let shared, let iOffset):
        update(OffsetLIF(shared: shared, iOffset: iOffset), state, slot, fired, count)
    case .perNeuron(let columns):
        update(PerNeuronLIF(columns: columns), state, slot, fired, count)
    }
}

/// The first half of a tick alone: adds the ring-buffer entries to the inputs and zeroes them.
///
/// Parameters as in ``updateIFCurrExp(_:state:slot:fired:count:)``.
public func transferIFCurrExp(_ group: LIFGroup, state: IFCurrExpState, slot: RingSlot, count: Int) {
    switch group {
    case .uniform(let shared), .offsets(let shared, _):
        transfer(UniformLIF(shared: shared), state, slot, count)
    case .perNeuron(let columns):
        transfer(PerNeuronLIF(columns: columns), state, slot, count)
    }
}

/// The second half of a tick alone: advances the group by one (sub-)step.
///
/// - Parameters:
///   - group: constants; pointers in it cover `count` neurons.
///   - state: read and written.
///   - fired: `[count]` spike counts.
///   - accumulating: adds to `fired` instead of setting it, for the second and later sub-steps; at most 255 of them.
///   - count: number of neurons.
public func advanceIFCurrExp(
    _ group: LIFGroup, state: IFCurrExpState, fired: UnsafeMutablePointer<UInt8>, accumulating: Bool = false, count: Int
) {
    let keep: UInt8 = accumulating ? 0xFF : 0
    switch group {
    case .uniform(let shared):
        advance(UniformLIF(shared: shared), state, fired, keep, count)
    case .offsets(let shared, let iOffset):
        advance(OffsetLIF(shared: shared, iOffset: iOffset), state, fired, keep, count)
    case .perNeuron(let columns):
        advance(PerNeuronLIF(columns: columns), state, fired, keep, count)
    }
}

// MARK: - Loops

@inline(never)
private func update<Source: LIFSource>(
    _ source: Source, _ state: IFCurrExpState, _ slot: RingSlot, _ fired: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    let (v, refractory) = (state.v, state.refractory)
    let (excitatory, inhibitory) = (state.excitatory, state.inhibitory)
    let (excitatoryEntry, inhibitoryEntry) = (slot.excitatory, slot.inhibitory)
    let (excitatoryShift, inhibitoryShift) = (slot.excitatoryShift, slot.inhibitoryShift)
    for i in 0..<max(count, 0) {
        let p = source.constants(at: i)
        let exc = LegacyParts.add(
            excitatoryEntry[i], leftShift: excitatoryShift, to: excitatory[i], initial: p.excitatoryInit)
        let inh = LegacyParts.add(
            inhibitoryEntry[i], leftShift: inhibitoryShift, to: inhibitory[i], initial: p.inhibitoryInit)
        let next = LegacyParts.advance(v[i], refractory: refractory[i], input: exc &- inh, p)
        excitatoryEntry[i] = 0
        inhibitoryEntry[i] = 0
        v[i] = next.v
        refractory[i] = next.refractory
        excitatory[i] = LegacyParts.shape(exc, decay: p.excitatoryDecay)
        inhibitory[i] = LegacyParts.shape(inh, decay: p.inhibitoryDecay)
        fired[i] = next.fires ? 1 : 0
    }
}

@inline(never)
private func transfer<Source: LIFSource>(_ source: Source, _ state: IFCurrExpState, _ slot: RingSlot, _ count: Int) {
    let (excitatory, inhibitory) = (state.excitatory, state.inhibitory)
    let (excitatoryEntry, inhibitoryEntry) = (slot.excitatory, slot.inhibitory)
    let (excitatoryShift, inhibitoryShift) = (slot.excitatoryShift, slot.inhibitoryShift)
    for i in 0..<max(count, 0) {
        let p = source.constants(at: i)
        let exc = LegacyParts.add(
            excitatoryEntry[i], leftShift: excitatoryShift, to: excitatory[i], initial: p.excitatoryInit)
        let inh = LegacyParts.add(
            inhibitoryEntry[i], leftShift: inhibitoryShift, to: inhibitory[i], initial: p.inhibitoryInit)
        excitatoryEntry[i] = 0
        inhibitoryEntry[i] = 0
        excitatory[i] = exc
        inhibitory[i] = inh
    }
}

@inline(never)
private func advance<Source: LIFSource>(
    _ source: Source, _ state: IFCurrExpState, _ fired: UnsafeMutablePointer<UInt8>, _ keep: UInt8, _ count: Int
) {
    let (v, refractory) = (state.v, state.refractory)
    let (excitatory, inhibitory) = (state.excitatory, state.inhibitory)
    for i in 0..<max(count, 0) {
        let p = source.constants(at: i)
        let exc = excitatory[i]
        let inh = inhibitory[i]
        let next = LegacyParts.advance(v[i], refractory: refractory[i], input: exc &- inh, p)
        v[i] = next.v
        refractory[i] = next.refractory
        excitatory[i] = LegacyParts.shape(exc, decay: p.excitatoryDecay)
        inhibitory[i] = LegacyParts.shape(inh, decay: p.inhibitoryDecay)
        fired[i] = (fired[i] & keep) &+ (next.fires ? 1 : 0)
    }
}

/// The functions of the loops above; they go with them once the engine holds a ``CellGroup``.
enum LegacyParts {
    @inline(__always)
    static func add(_ entry: UInt16, leftShift: UInt32, to value: Int32, initial: UInt32) -> Int32 {
        value &+ Accum.decay(Accum.input(entry, leftShift: leftShift), by: initial)
    }

    @inline(__always)
    static func shape(_ value: Int32, decay: UInt32) -> Int32 { Accum.decay(value, by: decay) }

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
    @inline(__always)
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
