import Diagnostics
import Foundation
import HDF5
public import Snapshots

/// Reads the records of a state file.
public final class StateFileReader {
    public let path: String
    public let header: StateHeader
    private let file: HDF5File
    private let words: HDF5Dataset
    /// By record its blocks, ascending by part, and where their words begin.
    private var places: [StateKey: [(block: StateBlock, first: Int)]] = [:]

    /// Opens a file.
    ///
    /// - Parameter verifying: Reads all of it first and compares the checksum.
    /// - Throws: `.noInput` when it cannot be read; `.badInput` when it is damaged or no state file.
    public init(_ path: String, verifying: Bool) throws(Failure) {
        self.path = path
        if verifying { try Self.verify(path) }
        file = try HDF5File(reading: path)
        guard file.text("format", of: file.root) == StateFileWriter.format,
            file.text("word_order", of: file.root) == "little", let version = file.text("version", of: file.root),
            let name = file.text("name", of: file.root), let topology = file.text("topology_sha256", of: file.root),
            let cores = file.text("cores_sha256", of: file.root), let folder = file.text("folder", of: file.root),
            let seed = file.text("seed", of: file.root).flatMap({ UInt64($0) }),
            let timestep = file.attribute("timestep", of: file.root),
            let step = file.attribute("step", of: file.root).flatMap({ Int(exactly: $0) }), step >= 0
        else { throw Failure(.badInput, "\(path) is not a state that this program saved (\(StateFileWriter.format))") }
        header = StateHeader(
            name: name, version: version, topologySHA256: topology, coresSHA256: cores, seed: seed,
            timestep: timestep, step: step, folder: folder)
        words = try HDF5Dataset(opening: "/words", in: file, type: .uint32)
        let table = try HDF5Dataset(opening: "/blocks", in: file, type: .uint64)
        guard table.extent.count == 2, table.extent[1] == StateBlock.columns else {
            throw file.wrong("/blocks", "is damaged")
        }
        var numbers = [UInt64](repeating: 0, count: table.extent[0] * StateBlock.columns)
        var failure: Failure?
        numbers.withUnsafeMutableBytes { bytes in
            do throws(Failure) { try table.read(0, table.extent[0], into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        var first = 0
        for row in stride(from: 0, to: numbers.count, by: StateBlock.columns) {
            guard let block = StateBlock(numbers: numbers[row..<row + StateBlock.columns]),
                places[block.key, default: []].count == block.part, first + block.words <= words.extent[0]
            else { throw file.wrong("/blocks", "is damaged at row \(row / StateBlock.columns)") }
            places[block.key, default: []].append((block, first))
            first += block.words
        }
    }

    /// What there are records of.
    public var keys: Set<StateKey> { Set(places.keys) }

    /// The words of a record; `nil` where there is none.
    ///
    /// - Throws: `.badInput` when a block is not as it was written.
    public func words(_ key: StateKey) throws(Failure) -> [UInt32]? {
        guard let own = places[key] else { return nil }
        var result = [UInt32](repeating: 0, count: own.reduce(0) { $0 + $1.block.words })
        var failure: Failure?
        result.withUnsafeMutableBytes { bytes in
            var at = 0
            for (block, first) in own {
                let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[at..<at + 4 * block.words])
                do throws(Failure) { try words.read(first, block.words, into: piece) } catch { failure = error }
                if failure == nil, Checksum.of(UnsafeRawBufferPointer(piece)) != block.checksum {
                    failure = file.wrong("/words", "is damaged: \(key.section) of core \(key.core)")
                }
                at += 4 * block.words
            }
        }
        if let failure { throw failure }
        return result
    }

    /// Compares a file with what its first bytes say of the others.
    private static func verify(_ path: String) throws(Failure) {
        let (count, checksum) = try checksum(of: path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        defer { close(descriptor) }
        let head = try Files.read(descriptor, path: path, at: 0, count: StateUserBlock.size)
        guard head.starts(with: Array("spinnsim-state/".utf8)) else {
            throw Failure(.badInput, "\(path) is not a state that this program saved (\(StateFileWriter.format))")
        }
        guard head == StateUserBlock.bytes(following: count, checksum: checksum) else {
            let lines = head.split(separator: UInt8(ascii: "\n")).prefix(3).map { String(decoding: $0, as: UTF8.self) }
            throw Failure(
                .badInput,
                "\(path) is damaged: it has \(count) bytes with CRC-32C \(String(checksum, radix: 16)), and says "
                    + "'\(lines.joined(separator: ", "))'; the state before it is \(path).previous")
        }
    }

    /// How many bytes follow the user block, and their checksum.
    static func checksum(of path: String) throws(Failure) -> (count: Int, checksum: UInt32) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = errnoText()
            if descriptor >= 0 { close(descriptor) }
            throw Failure(.noInput, "cannot read \(path): \(reason)")
        }
        defer { close(descriptor) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.noInput, "cannot read \(path): not a regular file")
        }
        var checksum = Checksum()
        var at = StateUserBlock.size
        while at < Int(status.st_size) {
            let bytes = try Files.read(
                descriptor, path: path, at: at, count: min(1 << 20, Int(status.st_size) - at))
            guard !bytes.isEmpty else { break }
            bytes.withUnsafeBytes { checksum.update($0) }
            at += bytes.count
        }
        return (max(0, at - StateUserBlock.size), checksum.value)
    }
}
