import Glibc

/// The plastic synapses of one source neuron, or of one of its delay stages, in one projection: words in a row.
///
///     0        projection 16 | stage 16    place in the list of plastic projections
///     1        source                      index in its population
///     2        count                       synapses
///     3        last                        step of the source's last spike
///     4        traces                      of that spike
///     5 …      control                     delay | neuron, one word a synapse
///     5+count  synapses                    as the timing rule stores them, from 16 bits on
///
/// Control words and weights stand apart, as on the chip: the controls are only read.
///
/// - Source: Documentation/Chip.md, "Rows", for what is in it; the order of the words is this project's.
@frozen
public struct PlasticRow {
    /// Words before the control words.
    public static let headerWords = 5

    public let words: UnsafeMutablePointer<UInt32>

    @inlinable @inline(__always)
    public init(_ words: UnsafeMutablePointer<UInt32>) { self.words = words }

    /// Words of a row with `count` synapses of `synapseBytes` bytes.
    @inlinable
    public static func words(count: Int, synapseBytes: Int) -> Int {
        headerWords + count + (count * synapseBytes + 3) / 4
    }

    /// Writes the header of a row whose source has not spiked yet.
    public func begin(projection: Int, stage: Int, source: Int, count: Int) {
        words[0] = UInt32(truncatingIfNeeded: projection) << 16 | UInt32(truncatingIfNeeded: stage)
        words[1] = UInt32(truncatingIfNeeded: source)
        words[2] = UInt32(truncatingIfNeeded: count)
        words[3] = 0
        words[4] = 0
    }

    /// Place in the list of plastic projections.
    @inlinable
    public var projection: Int { Int(words[0] &>> 16) }
    /// 0: the source's own spikes; n: those of stage n of its delay extension.
    @inlinable
    public var stage: Int { Int(words[0] & 0xFFFF) }
    /// Index of the source neuron in its population.
    @inlinable
    public var source: UInt32 { words[1] }
    @inlinable
    public var count: Int { Int(words[2]) }

    /// The source's last spike.
    @inlinable
    public var last: TracedSpike {
        @inline(__always) get { TracedSpike(time: words[3], Traces(word: words[4])) }
        @inline(__always) nonmutating set {
            words[3] = newValue.time
            words[4] = newValue.traces.word
        }
    }

    /// `[count]`.
    @inlinable
    public var controls: UnsafeMutablePointer<UInt32> { words + Self.headerWords }

    /// `[count]` synapses of the timing rule's own type.
    @inlinable
    public var synapseBytes: UnsafeMutableRawPointer { UnsafeMutableRawPointer(words + Self.headerWords + count) }
}

extension PlasticRow {
    /// Puts a synapse at the end of a row that has room for it, its weight and all else zero.
    ///
    /// - Parameter synapseBytes: Bytes of a synapse beside its control word.
    /// - Returns: Its number.
    public func append(control: UInt32, synapseBytes: Int) -> Int {
        let number = count
        // The synapses stand behind the control words, and give way to one more.
        (self.synapseBytes + 4).copyMemory(from: self.synapseBytes, byteCount: number * synapseBytes)
        words[2] = UInt32(truncatingIfNeeded: number + 1)
        controls[number] = control
        memset(self.synapseBytes + number * synapseBytes, 0, synapseBytes)
        return number
    }

    /// Takes a synapse out of a row; the last one takes its place, as on the chip.
    ///
    /// - Parameter synapseBytes: Bytes of a synapse beside its control word.
    public func remove(_ number: Int, synapseBytes: Int) {
        let last = count - 1
        controls[number] = controls[last]
        memmove(self.synapseBytes + number * synapseBytes, self.synapseBytes + last * synapseBytes, synapseBytes)
        let from = self.synapseBytes
        words[2] = UInt32(truncatingIfNeeded: last)
        self.synapseBytes.copyMemory(from: from, byteCount: last * synapseBytes)
    }
}

/// Target and delay of a plastic synapse in a word: the neuron in the low bits, the delay above.
@frozen
public struct ControlLayout: Sendable, Equatable {
    /// Bits of the neuron's index.
    public var neuronBits: UInt32

    /// The layout that has room for `neurons` neurons of a population; the rest is the delay's.
    public init(neurons: Int) {
        neuronBits = 0
        while neurons > 1 << neuronBits { neuronBits += 1 }
    }

    /// Largest delay that has room.
    public var longestDelay: Int { neuronBits >= 32 ? 0 : (1 << (32 - Int(neuronBits))) - 1 }

    @inlinable @inline(__always)
    public func word(neuron: UInt32, delay: UInt32) -> UInt32 { delay &<< neuronBits | neuron }

    @inlinable @inline(__always)
    public func neuron(_ word: UInt32) -> Int { Int(word & (1 &<< neuronBits &- 1)) }

    @inlinable @inline(__always)
    public func delay(_ word: UInt32) -> UInt32 { word &>> neuronBits }
}
