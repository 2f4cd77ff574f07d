import Glibc

/// A look-up table of `exp(−t/τ)` in s4.11, one entry per 2^shift steps; 0 beyond its end.
///
/// Entry `i` is `floor(exp(−(i << shift)·dt/τ)·2048)`. The table ends, at an even count, where the exponential falls
/// below one raw unit.
///
/// - Source: Documentation/Chip.md, "Decay tables".
@frozen
public struct DecayTable: @unchecked Sendable {
    /// `[count + 1]`, the last one 0.
    @usableFromInline let entries: UnsafePointer<Int16>
    @usableFromInline let count: UInt32
    @usableFromInline let shift: UInt32

    init(_ entries: UnsafePointer<Int16>, count: Int, shift: Int) {
        self.entries = entries
        self.count = UInt32(truncatingIfNeeded: count)
        self.shift = UInt32(truncatingIfNeeded: shift)
    }

    /// The factor, s4.11, after `elapsed` steps.
    @inlinable @inline(__always)
    public subscript(elapsed: UInt32) -> Int32 { factor(at: index(elapsed)) }

    /// Where the factor after `elapsed` steps stands.
    @inlinable @inline(__always)
    func index(_ elapsed: UInt32) -> UInt32 { min(elapsed &>> shift, count) }

    /// The factor at an ``index(_:)``.
    @inlinable @inline(__always)
    func factor(at index: UInt32) -> Int32 { Int32(entries[Int(index)]) }

    /// Steps from an entry to the next, as a power of two.
    public var log2Steps: Int { Int(shift) }

    /// The entries as the chip holds them.
    public var values: [Int16] { Array(UnsafeBufferPointer(start: entries, count: Int(count))) }

    /// The table as the chip's region holds it: shift 16 | count 16, then two entries a word.
    public var words: [UInt32] { [shift << 16 | count] + TableStore.packed(values.map { UInt16(bitPattern: $0) }) }

    /// The entries of a table.
    ///
    /// - Parameters:
    ///   - tau: Time constant, ms.
    ///   - timestep: ms.
    static func entries(tau: Double, timestep: Double, shift: Int) -> [Int16] {
        let rate = timestep / tau
        let length = Int((log(Double(S411.one)) / rate / Double(1 << shift)).rounded(.up))
        return (0..<(length + length % 2)).map { i in
            Int16((exp(-Double(i << shift) * rate) * Double(S411.one)).rounded(.down))
        }
    }
}

/// Lengths of time drawn from an exponential distribution: a table of its inverse over 2048 equal steps.
///
/// - Source: Documentation/Chip.md, "Decay tables"; the rounding is not confirmed by vectors.
@frozen
public struct WindowTable: @unchecked Sendable {
    @usableFromInline let entries: UnsafePointer<Int16>

    init(_ entries: UnsafePointer<Int16>) { self.entries = entries }

    /// A length in steps from 32 random bits.
    @inlinable @inline(__always)
    public subscript(draw: UInt32) -> Int16 { entries[Int(draw & UInt32(S411.one - 1))] }

    var words: [UInt32] {
        TableStore.packed(UnsafeBufferPointer(start: entries, count: Int(S411.one)).map { UInt16(bitPattern: $0) })
    }

    static func entries(mean: Double, timestep: Double) -> [Int16] {
        (0..<Int(S411.one)).map { i in
            let length = -log(1 - Double(i) / Double(S411.one)) * mean / timestep
            return Int16(truncatingIfNeeded: Int(min(length.rounded(), 65535)))
        }
    }
}

/// Owns the tables of a rule; they live as long as it does.
public final class TableStore {
    private let timestep: Double
    private var memory: [UnsafeMutablePointer<Int16>] = []
    private var powers: [UnsafeMutablePointer<Double>] = []

    /// - Parameter timestep: ms.
    public init(timestep: Double) { self.timestep = timestep }

    deinit {
        for entries in memory { entries.deallocate() }
        for entries in powers { entries.deallocate() }
    }

    /// A table of decay with time constant `tau` (ms), one entry per 2^`shift` steps.
    public func decay(tau: Double, shift: Int = 0) -> DecayTable {
        let values = DecayTable.entries(tau: tau, timestep: timestep, shift: shift)
        return DecayTable(keep(values), count: values.count, shift: shift)
    }

    /// Decay in double precision with time constant `tau` (ms); infinity forgets nothing.
    func powers(tau: Double) -> PowerDecay {
        let values = PowerDecay.powers(tau: tau, timestep: timestep)
        let entries = UnsafeMutablePointer<Double>.allocate(capacity: values.count)
        for (i, value) in values.enumerated() { (entries + i).initialize(to: value) }
        powers.append(entries)
        return PowerDecay(UnsafePointer(entries))
    }

    /// A table of random lengths with mean `mean` (ms).
    public func windows(mean: Double) -> WindowTable {
        WindowTable(keep(WindowTable.entries(mean: mean, timestep: timestep)))
    }

    /// Keeps values and a 0 behind them.
    private func keep(_ values: [Int16]) -> UnsafePointer<Int16> {
        let entries = UnsafeMutablePointer<Int16>.allocate(capacity: values.count + 1)
        entries.initialize(repeating: 0, count: values.count + 1)
        for (i, value) in values.enumerated() { entries[i] = value }
        memory.append(entries)
        return UnsafePointer(entries)
    }

    /// Half-words two to a word, the first one low; an odd last one is followed by 0.
    static func packed(_ halves: [UInt16]) -> [UInt32] {
        stride(from: 0, to: halves.count, by: 2).map {
            UInt32(halves[$0]) | (halves.indices.contains($0 + 1) ? UInt32(halves[$0 + 1]) << 16 : 0)
        }
    }
}
