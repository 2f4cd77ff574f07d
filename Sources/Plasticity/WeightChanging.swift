/// What a source's spikes do to a target's other synapses.
public enum Modulation: Sendable, Equatable {
    /// Dopamine rises.
    case reward
    /// Dopamine falls.
    case punishment
    /// The weights of the projection at this place in the list of plastic projections grow by the row's.
    case increase(of: Int)
    /// They fall by the row's.
    case decrease(of: Int)
}

/// Synapses whose weights change by what other projections' spikes at their target say.
///
/// Changes stand in the target's history, where STDP keeps spikes, and are made up for when the source spikes: all
/// since its last spike, then the weight is clamped. A history entry holds the change first and the projection's place
/// second.
///
/// - Determinism: Changes of a step come before the sources' spikes of that step; several of one step at a neuron's
///   synapses of one projection are one, with their sum, so the order of rows does not matter.
/// - Source: Documentation/Chip.md, "Weight changers"; the numbers of sPyNNaker's own tests.
struct WeightChanging {
    /// Bounds in ring-buffer units by place of the projection; `nil` where weights cannot be changed.
    let bounds: [ClosedRange<Int32>?]
    let histories: PostHistories

    /// Notes changes at the targets of a row; see ``Plasticity``.
    func modulated(_ row: PlasticRow, _ controls: ControlLayout, _ modulation: Modulation, at time: UInt32) {
        let weights = row.synapseBytes.assumingMemoryBound(to: WeightOnly.self)
        for i in 0..<row.count {
            let neuron = controls.neuron(row.controls[i])
            switch modulation {
            case .increase(let place): histories.add(Int32(weights[i].weight), to: place, neuron, at: time)
            case .decrease(let place): histories.add(-Int32(weights[i].weight), to: place, neuron, at: time)
            case .reward, .punishment: break
            }
        }
    }

    /// Takes a row through a spike of its source; see ``Plasticity``.
    func sourceSpiked(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        let weights = row.synapseBytes.assumingMemoryBound(to: WeightOnly.self)
        for i in 0..<row.count {
            let control = row.controls[i]
            let neuron = arrival.controls.neuron(control)
            let delay = arrival.controls.delay(control)
            let weight = changed(weights[i].weight, row, neuron, at: arrival.time)
            weights[i].weight = weight
            guard delay > arrival.late else { continue }
            ring.add(weight, to: neuron, after: delay)
        }
        // The trace tells a spike in step 0 from none.
        row.last = TracedSpike(time: arrival.time, Traces(1))
    }

    /// A synapse's weight with what has arrived since its source's last spike; see ``Plasticity``.
    func pendingWeight(
        of number: Int, in row: PlasticRow, type: Int, _ layout: ControlLayout, at time: UInt32
    ) -> UInt16 {
        let weight = row.synapseBytes.assumingMemoryBound(to: WeightOnly.self)[number].weight
        return changed(weight, row, layout.neuron(row.controls[number]), at: time)
    }

    private func changed(_ weight: UInt16, _ row: PlasticRow, _ neuron: Int, at time: UInt32) -> UInt16 {
        guard let bounds = bounds[row.projection] else { return weight }
        let last = row.last
        let begin = last.traces.first == 0 ? 0 : last.time &+ 1
        let history = histories.entries + neuron &* histories.depth
        var sum: Int32 = 0
        var isChanged = false
        for i in 0..<PostHistories.visible {
            let entry = history[i]
            guard entry.stamp > begin else { break }
            guard entry.stamp <= time &+ 1, entry.place == row.projection else { continue }
            sum += Int32(entry.traces.first)
            isChanged = true
        }
        guard isChanged else { return weight }
        return UInt16(truncatingIfNeeded: min(max(Int32(weight) + sum, bounds.lowerBound), bounds.upperBound))
    }
}

extension PostHistories.Entry {
    /// Place of the projection that a change is for.
    fileprivate var place: Int { Int(UInt16(bitPattern: traces.second)) }
}

extension PostHistories {
    /// Adds to the weights of a neuron's synapses; entries of a step are descending by place.
    fileprivate func add(_ change: Int32, to place: Int, _ neuron: Int, at time: UInt32) {
        let own = entries + neuron &* depth
        var at = 0
        while at < depth - 1 && own[at].stamp == time &+ 1 && own[at].place > place { at += 1 }
        if own[at].stamp == time &+ 1 && own[at].place == place {
            let sum = min(max(Int32(own[at].traces.first) + change, Int32(Int16.min)), Int32(Int16.max))
            own[at].traces.first = Int16(truncatingIfNeeded: sum)
            return
        }
        (own + at + 1).update(from: own + at, count: depth - 1 - at)
        own[at] = Entry(
            stamp: time &+ 1,
            traces: Traces(
                min(max(change, Int32(Int16.min)), Int32(Int16.max)), Int32(truncatingIfNeeded: place)))
    }
}

extension PlasticityCatalogue {
    /// Makes the plasticity of a population on a rank whose weights other projections change.
    ///
    /// - Parameter bounds: In ring-buffer units by place in the list of plastic projections; `nil` for those that
    ///   change others.
    public static func weightChanging(bounds: [ClosedRange<Int32>?], _ histories: PostHistories) -> Plasticity {
        Plasticity(WeightChanging(bounds: bounds, histories: histories))
    }
}
