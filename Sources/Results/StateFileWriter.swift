// A state file is HDF5 behind a user block of 512 bytes, which says how many bytes follow and their CRC-32C:
//
//     /        attributes: format, version, name, topology_sha256, cores_sha256, seed, timestep, step, folder,
//              word_order
//     /blocks  uint64 [N, 6]: section, core, number, part, words, CRC-32C of the words
//     /words   uint32 [sum of words]: the blocks' words one after the other
//
// Blocks with equal section, core and number are, by part, one record (`StateKey`).

import Diagnostics
import Foundation
import HDF5
public import Snapshots

/// A piece of a record, as it is checked and written.
public struct StateBlock: Sendable, Equatable {
    /// Most words in a block.
    public static let capacity = 1 << 16
    /// Numbers in the table of blocks.
    static let columns = 6

    public var key: StateKey
    /// Which piece of the record, from 0.
    public var part: Int
    public var words: Int
    public var checksum: UInt32

    public init(key: StateKey, part: Int, words: Int, checksum: UInt32) {
        self.key = key
        self.part = part
        self.words = words
        self.checksum = checksum
    }

    /// As a row of the table.
    public var numbers: [UInt64] {
        [
            UInt64(key.section.rawValue), UInt64(key.core), UInt64(key.number), UInt64(part), UInt64(words),
            UInt64(checksum),
        ]
    }

    /// From a row of the table; `nil` where it makes no sense.
    public init?(numbers: ArraySlice<UInt64>) {
        let row = Array(numbers)
        guard row.count == Self.columns, row.allSatisfy({ $0 < 1 << 32 }), row[4] <= UInt64(Self.capacity),
            let section = StateKey.Section(rawValue: UInt32(row[0]))
        else { return nil }
        self.init(
            key: StateKey(section, core: Int(row[1]), number: Int(row[2])), part: Int(row[3]), words: Int(row[4]),
            checksum: UInt32(row[5]))
    }
}

/// The first bytes of a state file.
enum StateUserBlock {
    static let size = 512

    /// Says how many bytes follow, and their checksum.
    static func bytes(following count: Int, checksum: UInt32) -> [UInt8] {
        let digits = String(checksum, radix: 16)
        let padded = String(repeating: "0", count: 8 - digits.count) + digits
        let text = Array("\(StateFileWriter.format)\nbytes \(count)\ncrc32c \(padded)\n".utf8)
        return text + [UInt8](repeating: UInt8(ascii: "\n"), count: size - text.count)
    }
}

/// Writes a state file beside the one that is there, and puts it in its place when it is whole.
public final class StateFileWriter {
    static let format = "spinnsim-state/1"

    private let path: String
    private let temporary: String
    private var file: HDF5File?
    private var words: HDF5Dataset?
    private var blocks: [UInt64] = []

    /// Begins a new file next to `path`.
    ///
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(_ path: String, _ header: StateHeader) throws(Failure) {
        self.path = path
        temporary = "\(path).partial"
        if unlink(temporary) != 0 && errno != ENOENT {
            throw Failure(.cannotCreate, "cannot remove \(temporary): \(errnoText())")
        }
        let file = try HDF5File(creating: temporary, userBlock: StateUserBlock.size)
        for (name, text) in [
            ("format", Self.format), ("version", header.version), ("name", header.name),
            ("topology_sha256", header.topologySHA256), ("cores_sha256", header.coresSHA256),
            ("seed", String(header.seed)), ("folder", header.folder), ("word_order", "little"),
        ] {
            try file.setAttribute(name, of: file.root, to: text)
        }
        try file.setAttribute("timestep", of: file.root, to: [header.timestep], type: .float64, scalar: true)
        try file.setAttribute("step", of: file.root, to: [UInt64(header.step)], type: .uint64, scalar: true)
        words = try HDF5Dataset(creating: "/words", in: file, type: .uint32, chunk: [StateBlock.capacity])
        self.file = file
    }

    deinit {
        words = nil
        file = nil
        // Is there only if the file was not completed.
        unlink(temporary)
    }

    /// Appends blocks.
    ///
    /// - Parameter bytes: Of their words, one block after the other, little-endian.
    public func append(_ new: [StateBlock], _ bytes: UnsafeRawBufferPointer) throws(Failure) {
        for block in new { blocks += block.numbers }
        try words?.append(bytes)
    }

    /// Completes the file, makes it durable and gives it its name; the one that had it gets `.previous` appended.
    public func finish() throws(Failure) {
        guard let file else { return }
        if let words, words.handle.closeNow() < 0 { throw file.failure("/words") }
        words = nil
        let table = try HDF5Dataset(
            creating: "/blocks", in: file, type: .uint64, chunk: [4096, StateBlock.columns],
            columns: [StateBlock.columns])
        try table.append(blocks)
        if table.handle.closeNow() < 0 { throw file.failure("/blocks") }
        try file.close()
        self.file = nil
        try seal()
        try Files.sync(temporary)
        if Files.mode(path) != nil, rename(path, "\(path).previous") != 0 {
            throw Failure(.outputFailed, "cannot rename \(path) to \(path).previous: \(errnoText())")
        }
        guard rename(temporary, path) == 0 else {
            throw Failure(.outputFailed, "cannot rename \(temporary) to \(path): \(errnoText())")
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        try Files.sync(folder.isEmpty ? "/" : folder)
    }

    /// Writes the user block.
    private func seal() throws(Failure) {
        let (count, checksum) = try StateFileReader.checksum(of: temporary)
        let descriptor = open(temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Failure(.outputFailed, "cannot write \(temporary): \(errnoText())") }
        defer { close(descriptor) }
        let bytes = StateUserBlock.bytes(following: count, checksum: checksum)
        guard bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == bytes.count else {
            throw Failure(.outputFailed, "cannot write \(temporary): \(errnoText())")
        }
    }
}
