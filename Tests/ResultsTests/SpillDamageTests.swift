import Diagnostics
import Foundation
import Results
import Testing

@Suite struct SpillDamageTests {
    let folder: TemporaryFolder
    let run = TestRun(count: 400)
    let spill: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        try run.log(in: folder.path, ranks: 2, blockSize: 512) { Int($0.neuron) % 2 }
        spill = try folder.bytes("spikes.1.spill")
    }

    /// What a tolerant merge gives, checked to be a prefix of the truth for the damaged rank.
    func recover() throws -> MergedSpikes {
        let collector = SpikeCollector()
        let merged = try SpikeMerger(folder: folder.path, tolerant: true).merge(into: [collector])
        let log = try #require(merged.logs.first { $0.rank == 1 })
        let truth = run.spikes.sorted().filter { $0.neuron % 2 == 0 || $0.step < log.intactSteps }
        #expect(collector.spikes == truth)
        return merged
    }

    @Test func everyFlippedByteIsSeen() throws {
        // Every byte of the header's and a block's fixed parts, and every 7th of the rest.
        let headerLength = 32 + Int(spill[16]) + Int(spill[17]) << 8
        let fixed = Array(0..<32) + Array(headerLength..<(headerLength + 48)) + Array((spill.count - 40)..<spill.count)
        for position in fixed + Array(stride(from: 32, to: spill.count, by: 7)) {
            var damaged = spill
            damaged[position] ^= 0x10
            try folder.write("spikes.1.spill", damaged)
            let strict = failure { _ = try SpikeMerger(folder: folder.path).merge() }
            #expect(strict?.exitCode == .outputFailed, "byte \(position)")
            #expect(strict?.message.contains("spikes.1.spill") == true)
            let merged = try recover()
            #expect(!merged.isComplete, "byte \(position)")
            #expect(merged.logs.last?.damage != nil)
        }
    }

    /// A checksum vouches for bytes, not for numbers.
    @Test(arguments: ["ranks", "steps", "size", "recordedNeurons", "rank"], ["-1", "9223372036854775807"])
    func numbersThatCannotBeAreDamage(key: String, value: String) throws {
        let length = Int(spill[16]) + Int(spill[17]) << 8
        let text = String(decoding: spill[32..<(32 + length)], as: UTF8.self)
        let changed = text.replacing(try Regex("\"\(key)\":[0-9]+"), with: "\"\(key)\":\(value)")
        let isChanged = changed != text
        try #require(isChanged)
        let head = Array(changed.utf8)
        let count = UInt32(head.count)
        let prefix = spill[..<16] + withUnsafeBytes(of: count.littleEndian) { Array($0) } + spill[20..<24]
        let digits = Array(SHA256.hex(of: prefix + head))
        let checksum = (0..<8).compactMap { UInt8(String(digits[(2 * $0)..<(2 * $0 + 2)]), radix: 16) }
        try folder.write("spikes.1.spill", Array(prefix + checksum + head + spill[(32 + length)...]))
        let strict = failure { _ = try SpikeMerger(folder: folder.path).merge() }
        #expect(
            strict?.exitCode == .outputFailed && strict?.message.contains("damaged") == true,
            "\(String(describing: strict))")
        #expect(!(try SpikeMerger(folder: folder.path, tolerant: true).merge().isComplete))
    }

    @Test func everyTruncationIsSeen() throws {
        for length in stride(from: 0, to: spill.count, by: 11) + [spill.count - 1] {
            try folder.write("spikes.1.spill", Array(spill[..<length]))
            #expect(failure { _ = try SpikeMerger(folder: folder.path).merge() }?.exitCode == .outputFailed)
            #expect(!(try recover().isComplete))
        }
    }

    @Test func aLogWithoutItsLastBlockIsIntactButNotComplete() throws {
        try folder.write("spikes.1.spill", Array(spill.dropLast(40)))
        let merged = try recover()
        #expect(merged.intactSteps == 300)
        #expect(!merged.isComplete)
        #expect(merged.spikes == 400)
    }

    @Test func aMissingLogIsNamed() throws {
        try FileManager.default.removeItem(atPath: folder.file("spikes.1.spill"))
        let strict = failure { _ = try SpikeMerger(folder: folder.path) }
        #expect(strict?.message.contains("rank 1") == true)
        let merged = try recover()
        #expect(merged.logs.map(\.intactSteps) == [300, 0])
        #expect(merged.logs[1].damage == "there is no log")
    }

    @Test func aLogOfAnotherRunIsRefused() throws {
        let other = try TemporaryFolder()
        try TestRun(timestep: 0.5).log(in: other.path, ranks: 2) { _ in 1 }
        try folder.write("spikes.1.spill", try other.bytes("spikes.1.spill"))
        #expect(
            failure { _ = try SpikeMerger(folder: folder.path) }?.message.contains("another run") == true)
    }

    @Test func blocksOutOfPlaceAreSeen() throws {
        // The same block twice, and the last block alone: checksums are right, the sequence is not.
        let headerLength = 32 + Int(spill[16]) + Int(spill[17]) << 8
        let length = 40 + Int(spill[headerLength + 24]) + Int(spill[headerLength + 25]) << 8
        let block = Array(spill[headerLength..<(headerLength + length)])
        let header = Array(spill[..<headerLength])
        for wrong in [header + block + block, header + Array(spill.suffix(40))] {
            try folder.write("spikes.1.spill", wrong)
            let merged = try recover()
            #expect(merged.logs[1].damage?.contains("a block is missing") == true)
        }
    }

    @Test func noLogsIsNoInput() throws {
        let empty = try TemporaryFolder()
        #expect(failure { _ = try SpikeMerger(folder: empty.path, tolerant: true) }?.exitCode == .noInput)
    }
}
