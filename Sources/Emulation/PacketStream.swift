// What a rank publishes per exchange: for each step of the window one block of packets.
//
//     words        of the block, this one not counted
//     run*         the packets of one source core, cores ascending:
//       key        base key of the core
//       count      packets; the top bit set when they carry payloads, the next one when they are listed as counts
//       packets    key, or key and payload; or: the core's keys, then for each key a byte, its payload, 0 for no packet
//
// A packet is the full 32-bit key of the neuron with the step's colour in its low bits; a payload n stands for n
// spikes.

import Mapping

/// Writes packets into the outbox.
struct PacketWriter {
    private let start: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private var hasPackets = false
    private var blockStart = 0
    private var runStart = 0
    private var perPacket = 1

    /// Words to publish: none where no core sent anything.
    var words: Int { hasPackets ? count : 0 }

    static let payloadFlag: UInt32 = 1 << 31
    static let denseFlag: UInt32 = 1 << 30

    init(_ start: UnsafeMutablePointer<UInt32>) { self.start = start }

    /// Most words that `steps` steps of cores with the given numbers of keys can take.
    static func capacity(cores: Int, packets: Int, payloadPackets: Int, steps: Int) -> Int {
        steps * (1 + 2 * cores + packets + 2 * payloadPackets)
    }

    mutating func beginStep() {
        blockStart = count
        count += 1
    }

    mutating func endStep() { start[blockStart] = UInt32(truncatingIfNeeded: count - blockStart - 1) }

    mutating func beginRun(core key: UInt32, payloads: Bool) {
        runStart = count
        start[count] = key
        start[count + 1] = payloads ? Self.payloadFlag : 0
        perPacket = payloads ? 2 : 1
        count += 2
    }

    @inline(__always)
    mutating func send(_ key: UInt32) {
        start[count] = key
        count &+= 1
    }

    @inline(__always)
    mutating func send(_ key: UInt32, payload: UInt32) {
        start[count] = key
        start[count &+ 1] = payload
        count &+= 2
    }

    /// Writes a whole run of a core that has a packet of most of its keys: the payload of each key, 0 for no packet.
    ///
    /// - Returns: How many packets it has; a run without leaves no trace.
    mutating func sendDense(core key: UInt32, _ payloads: UnsafePointer<UInt8>, count keys: Int) -> Int {
        var sum: UInt32 = 0
        for i in 0..<keys { sum &+= UInt32(min(payloads[i], 1)) }
        let packets = Int(sum)
        guard packets > 0 else { return 0 }
        hasPackets = true
        start[count] = key
        start[count + 1] = Self.denseFlag | UInt32(truncatingIfNeeded: packets)
        start[count + 2] = UInt32(truncatingIfNeeded: keys)
        UnsafeMutableRawPointer(start + count + 3).copyMemory(from: payloads, byteCount: keys)
        count += 3 + Self.wordsOfBytes(keys)
        return packets
    }

    static func wordsOfBytes(_ count: Int) -> Int { (count + 3) / 4 }

    /// Ends a run and returns how many packets it has; an empty one leaves no trace.
    mutating func endRun() -> Int {
        let packets = (count - runStart - 2) / perPacket
        if packets == 0 {
            count = runStart
        } else {
            hasPackets = true
            start[runStart + 1] |= UInt32(truncatingIfNeeded: packets)
        }
        return packets
    }
}

/// Packets of one source core in one step, as they arrived.
struct PacketRun {
    /// Base key of the source core.
    var key: UInt32
    var count: Int
    var hasPayloads: Bool
    var packets: UnsafePointer<UInt32>
    /// Keys of the core where ``packets`` holds a byte for each; else 0.
    var denseKeys = 0

    /// The payload of each key of a run with ``denseKeys``.
    var payloads: UnsafePointer<UInt8> { UnsafeRawPointer(packets).assumingMemoryBound(to: UInt8.self) }

    /// Writes a run with ``denseKeys`` key by key, a key and a payload a packet; returns the run that stands in
    /// `words`, which has room for two words a key.
    func expanded(into words: UnsafeMutablePointer<UInt32>) -> PacketRun {
        var at = 0
        for i in 0..<denseKeys where payloads[i] != 0 {
            words[at] = key | UInt32(truncatingIfNeeded: i) &<< UInt32(WorkerCore.colourBits)
            words[at + 1] = UInt32(payloads[i])
            at += 2
        }
        return PacketRun(key: key, count: count, hasPayloads: true, packets: UnsafePointer(words))
    }
}

/// Reads the blocks of one sender's inbox, step by step.
struct PacketReader {
    /// The sender is the reading rank itself.
    let isOwn: Bool
    private let words: UnsafeBufferPointer<UInt32>
    private var at = 0
    private var blockEnd = 0

    init(_ words: UnsafeBufferPointer<UInt32>, isOwn: Bool) {
        self.words = words
        self.isOwn = isOwn
    }

    /// Moves to the next step's block.
    mutating func nextStep() {
        at = blockEnd
        guard at < words.count else { return }
        blockEnd = at + 1 + Int(words[at])
        at += 1
    }

    /// The next run of the current block.
    mutating func nextRun() -> PacketRun? {
        guard at < blockEnd, let base = words.baseAddress else { return nil }
        let flags = words[at + 1]
        let count = Int(flags & ~(PacketWriter.payloadFlag | PacketWriter.denseFlag))
        let hasPayloads = flags & PacketWriter.payloadFlag != 0
        if flags & PacketWriter.denseFlag != 0 {
            let keys = Int(words[at + 2])
            let run = PacketRun(
                key: words[at], count: count, hasPayloads: true, packets: base + at + 3, denseKeys: keys)
            at += 3 + PacketWriter.wordsOfBytes(keys)
            return run
        }
        let run = PacketRun(key: words[at], count: count, hasPayloads: hasPayloads, packets: base + at + 2)
        at += 2 + count * (hasPayloads ? 2 : 1)
        return run
    }
}
