extension SynapseGenerator {
    /// Working memory of one generation: draws, and which candidates are taken.
    struct Scratch {
        static let capacity = 1024

        let r0: UnsafeMutablePointer<UInt32>
        let r1: UnsafeMutablePointer<UInt32>
        let r2: UnsafeMutablePointer<UInt32>
        let r3: UnsafeMutablePointer<UInt32>
        /// A bit per candidate; all clear between targets.
        let taken: UnsafeMutablePointer<UInt64>
        /// Candidates taken, so that their bits can be cleared.
        let marks: UnsafeMutablePointer<UInt32>

        init(candidates: Int) {
            func words(_ count: Int) -> UnsafeMutablePointer<UInt32> {
                let pointer = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
                pointer.initialize(repeating: 0, count: count)
                return pointer
            }
            r0 = words(Self.capacity)
            r1 = words(Self.capacity)
            r2 = words(Self.capacity)
            r3 = words(Self.capacity)
            taken = .allocate(capacity: candidates / 64 + 1)
            taken.initialize(repeating: 0, count: candidates / 64 + 1)
            marks = words(candidates + 1)
        }

        func deallocate() {
            for pointer in [r0, r1, r2, r3, marks] { pointer.deallocate() }
            taken.deallocate()
        }
    }

    /// Which of the target cores holds a neuron of the post population.
    struct OwnerTable {
        private let owners: [Int32]

        /// - Parameter copy: Of the targets, those that count; no two of them hold the same neuron.
        init(_ targets: [TargetCore], copy: Int, postSize: Int) {
            var owners = [Int32](repeating: -1, count: postSize)
            for (number, target) in targets.enumerated() where target.copy == copy {
                for post in target.slice { owners[post] = Int32(truncatingIfNeeded: number) }
            }
            self.owners = owners
        }

        /// Number of the target, or -1.
        subscript(post: Int) -> Int32 { owners[post] }
    }

    /// Collects synapses of one target and hands them on in batches.
    final class BatchWriter {
        private let target: Int
        private let sink: (Int, SynapseBatch) -> Void
        private var batch: SynapseBatch

        init(target: Int, sink: @escaping (Int, SynapseBatch) -> Void) {
            self.target = target
            self.sink = sink
            batch = SynapseBatch(
                count: 0, pre: .allocate(capacity: SynapseBatch.capacity),
                neuron: .allocate(capacity: SynapseBatch.capacity), weight: .allocate(capacity: SynapseBatch.capacity),
                delay: .allocate(capacity: SynapseBatch.capacity))
        }

        deinit {
            batch.pre.deallocate()
            batch.neuron.deallocate()
            batch.weight.deallocate()
            batch.delay.deallocate()
        }

        /// Room for up to `count` (≤ 1024) more synapses.
        func reserve(_ count: Int) -> SynapseBatch {
            if batch.count + count > SynapseBatch.capacity { finish() }
            let at = batch.count
            return SynapseBatch(
                count: 0, pre: batch.pre + at, neuron: batch.neuron + at, weight: batch.weight + at,
                delay: batch.delay + at)
        }

        /// Counts the first `count` synapses of what was reserved in.
        func commit(_ count: Int) { batch.count += count }

        /// Hands on what has been collected.
        func finish() {
            if batch.count > 0 { sink(target, batch) }
            batch.count = 0
        }
    }
}
