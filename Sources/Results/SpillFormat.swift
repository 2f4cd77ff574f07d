// A spill is what one rank has to say, appended while it simulates.
//
//     header   "SPNSPILL"  version u32  kind u32  length u32  0 u32  checksum 8   JSON of `SpillHeader`
//     block    magic u32  sequence u32  tag u32  count u32  first u32  end u32  length u32  0 u32  checksum 8   payload
//     block    …
//     block    tag = `SpillBlock.lastTag`, no payload: the rank came to its end
//
// A run that goes on from a saved state writes logs of its own, which begin at the step of the state; what earlier logs
// have of that step and later ones does not count (``SpillPart``).
//
// Everything is little-endian. A checksum is the first 8 bytes of a SHA-256 over the fields before it and the payload
// after it, so a flipped bit anywhere is seen. Blocks count from 0 and each begins at the step at which the one before
// ended: `first` up to but excluding `end` are the steps the block is complete for. Whoever reads therefore knows how
// far a log without its last block can be trusted, whatever killed its writer.
//
// Payload of a spike block, words of 32 bits, ascending by step, then population, then neuron:
//
//     step  population  n  neuron × n
//
// Payload of a frame block: `count` rows of the signal `tag`, Float32, one value per recorded neuron of the rank.
//
// A log of weights counts samples where the others count steps, and has for the signal `tag` / 2
//
//     even tag                source × count  target × count  delay × count      words of 32 bits: synapses
//     odd tag                 weight × count  (pending × count)                  words of 16 bits: of the next such
//     block
//     odd tag, end > first    step                                               the sample `first` is complete
//
// Synapses that come and go are written again for each sample; all others stand before the first.
//
// Payload of a block of synapses that formed or went, words of 32 bits, ascending by step:
//
//     step  signal, the top bit set where it formed  source  target

import Diagnostics
import Foundation

/// Which log a spill is.
enum SpillKind: UInt32, CaseIterable, Sendable {
    case spikes = 1
    case frames = 2
    case weights = 3
    case rewiring = 4

    private var name: String {
        switch self {
        case .spikes: "spikes"
        case .frames: "frames"
        case .weights: "weights"
        case .rewiring: "rewiring"
        }
    }

    /// The file of a rank's log in the run's working folder.
    ///
    /// - Parameter start: The step it begins at.
    func fileName(rank: Int, start: Int = 0) -> String {
        start == 0 ? "\(name).\(rank).spill" : "\(name).\(rank).\(start).spill"
    }

    /// The rank a file name belongs to.
    func rank(fileName: String) -> Int? { part(fileName: fileName)?.rank }

    /// The rank a file name belongs to, and the step its log begins at.
    func part(fileName: String) -> (rank: Int, start: Int)? {
        let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
        guard 3...4 ~= parts.count, let rank = Int(parts[1]), rank >= 0,
            let start = parts.count == 4 ? Int(parts[2]) : 0, start >= 0,
            fileName == self.fileName(rank: rank, start: start)
        else { return nil }
        return (rank, start)
    }
}

/// What stands at the beginning of a spill.
struct SpillHeader: Codable, Sendable, Equatable {
    var rank: Int
    var run: RunDescription
    /// Of a frame log.
    var signals: [FrameSignal]?
    /// Of a log of weights.
    var weights: [WeightSignal]?
    /// Of a log of synapses that form and go.
    var rewiring: [RewiringSignal]?
    /// The step the log begins at; `nil`: 0.
    var start: Int?

    static let magic = Array("SPNSPILL".utf8)
    static let version: UInt32 = 1
    /// Bytes before the JSON.
    static let prefix = 32
    /// More than any true header.
    static let limit = 64 << 20

    /// Whether its numbers can be those of a run: a checksum vouches for the bytes, not for who computed it.
    var isSound: Bool {
        let populations = run.populations.indices
        return run.isSound && (0..<run.ranks).contains(rank)
            && (signals ?? []).allSatisfy { populations.contains($0.population) && $0.interval > 0 }
            && (weights ?? []).allSatisfy {
                populations.contains($0.pre) && populations.contains($0.post) && $0.scale.isFinite
                    && $0.interval ?? 1 > 0
            }
            && (rewiring ?? []).allSatisfy { populations.contains($0.pre) && populations.contains($0.post) }
    }

    /// The header as it stands in the file.
    func bytes(kind: SpillKind) throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let json = try? encoder.encode(self) else { throw Failure(.bug, "cannot encode the header of a log") }
        var bytes = Self.magic
        for word in [Self.version, kind.rawValue, UInt32(json.count), 0] { bytes.append(littleEndian: word) }
        return bytes + checksum(bytes, json) + json
    }
}

extension RunDescription {
    /// Whether its numbers can be those of a run.
    fileprivate var isSound: Bool {
        (1...Int(Int32.max)).contains(ranks) && (0...Int(UInt32.max)).contains(steps) && timestep > 0
            && timestep.isFinite
            && populations.allSatisfy {
                (0...Int(UInt32.max)).contains($0.size) && (0...$0.size).contains($0.recordedNeurons)
            }
    }
}

/// The fixed part of a block.
struct SpillBlock: Equatable {
    var sequence: UInt32
    /// The signal of a frame block, 0 for spikes, `lastTag` for the end of a log.
    var tag: UInt32
    /// Spikes, rows or events.
    var count: UInt32
    var first: UInt32
    var end: UInt32
    /// Bytes of payload.
    var length: UInt32

    static let magic: UInt32 = 0x4B4C_4253  // "SBLK"
    static let size = 40
    static let lastTag = UInt32.max

    /// The block's head as it stands in the file, before `payload`.
    func bytes(payload: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [Self.magic, sequence, tag, count, first, end, length, 0] { bytes.append(littleEndian: word) }
        return bytes + checksum(bytes, payload)
    }

    /// Reads a head; `nil` when it is none.
    init?(bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes.littleEndianWord(at: 0) == Self.magic else { return nil }
        sequence = bytes.littleEndianWord(at: 4)
        tag = bytes.littleEndianWord(at: 8)
        count = bytes.littleEndianWord(at: 12)
        first = bytes.littleEndianWord(at: 16)
        end = bytes.littleEndianWord(at: 20)
        length = bytes.littleEndianWord(at: 24)
    }

    init(sequence: UInt32, tag: UInt32, count: UInt32, first: UInt32, end: UInt32, length: UInt32) {
        self.sequence = sequence
        self.tag = tag
        self.count = count
        self.first = first
        self.end = end
        self.length = length
    }
}

/// The first 8 bytes of the SHA-256 of `head` followed by `body`.
func checksum(_ head: some Collection<UInt8>, _ body: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    Array(head).withUnsafeBytes { hash.update($0) }
    hash.update(body)
    return Array(hash.finish().prefix(8))
}

/// The first 8 bytes of the SHA-256 of `head` followed by `body`.
func checksum(_ head: some Collection<UInt8>, _ body: some Collection<UInt8>) -> [UInt8] {
    Array(body).withUnsafeBytes { checksum(head, $0) }
}

extension [UInt8] {
    mutating func append(littleEndian word: UInt32) {
        append(contentsOf: [
            UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
            UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 24),
        ])
    }

    func littleEndianWord(at offset: Int) -> UInt32 {
        UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
            | UInt32(self[offset + 3]) << 24
    }
}
