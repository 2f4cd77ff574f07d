import Diagnostics
import Foundation

/// The writing end of a spill: header once, then checksummed blocks.
struct SpillOutput: ~Copyable {
    private var file: OutputFile
    private var sequence: UInt32 = 0

    /// Creates the log of a rank in `folder`.
    init(kind: SpillKind, header: SpillHeader, folder: String) throws(Failure) {
        let bytes = try header.bytes(kind: kind)
        let name = kind.fileName(rank: header.rank, start: header.start ?? 0)
        file = try OutputFile(creating: "\(folder)/\(name)", startingWith: bytes)
    }

    /// Bytes the system has accepted.
    var bytesWritten: Int { file.bytesWritten }

    /// Appends a block that is complete for the steps `first..<end`.
    mutating func write(
        tag: UInt32, count: Int, first: UInt32, end: UInt32, payload: UnsafeRawBufferPointer
    ) throws(Failure) {
        guard let length = UInt32(exactly: payload.count), let count = UInt32(exactly: count) else {
            throw Failure(.bug, "a block of \(payload.count) bytes is too long for \(file.path)")
        }
        let block = SpillBlock(sequence: sequence, tag: tag, count: count, first: first, end: end, length: length)
        sequence &+= 1
        try file.write(block.bytes(payload: payload))
        try file.write(payload)
    }

    /// Makes durable what has been written.
    func sync() throws(Failure) { try file.sync() }

    /// Appends the last block and makes the file durable.
    mutating func finish(end: UInt32) throws(Failure) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        try write(tag: SpillBlock.lastTag, count: 0, first: end, end: end, payload: nothing)
        try file.finish()
    }
}

/// Between two blocks of a spill.
struct SpillPosition: Sendable, Equatable {
    var offset: Int
    /// Blocks before it.
    var sequence: UInt32
}

/// The reading end of a spill; stops at the first block that is not as it was written.
///
/// The file is opened for each block, so any number of logs can be read at once.
final class SpillInput {
    let path: String
    let header: SpillHeader
    /// What ended the reading before the log's own end.
    private(set) var damage: String?
    /// The last block was read.
    private(set) var isComplete = false
    /// Where the next block begins.
    private(set) var offset: Int
    private var sequence: UInt32 = 0

    /// Where reading can go on when more has been written.
    var position: SpillPosition { SpillPosition(offset: offset, sequence: sequence) }

    /// Opens the log at `path`.
    ///
    /// - Parameter position: Where an earlier reading of the same log ended; `nil`: the first block.
    /// - Throws: `.noInput` when it cannot be read, `.badInput` when its header is damaged.
    init(path: String, kind: SpillKind, at position: SpillPosition? = nil) throws(Failure) {
        self.path = path
        let file = try SpillDescriptor(path)
        let prefix = try file.read(at: 0, count: SpillHeader.prefix)
        guard prefix.count == SpillHeader.prefix, Array(prefix[..<8]) == SpillHeader.magic else {
            throw Failure(.badInput, "\(path) is not a log of spinnsim, or its header is damaged")
        }
        guard prefix.littleEndianWord(at: 8) == SpillHeader.version else {
            throw Failure(
                .badInput, "\(path) has log version \(prefix.littleEndianWord(at: 8)), this program reads 1")
        }
        let length = Int(prefix.littleEndianWord(at: 16))
        let json = length <= SpillHeader.limit ? try file.read(at: SpillHeader.prefix, count: length) : []
        guard json.count == length, prefix.littleEndianWord(at: 12) == kind.rawValue,
            checksum(prefix[..<24], json) == Array(prefix[24...]),
            let header = try? JSONDecoder().decode(SpillHeader.self, from: Data(json)), header.isSound
        else { throw Failure(.badInput, "the header of \(path) is damaged") }
        self.header = header
        offset = position?.offset ?? SpillHeader.prefix + length
        sequence = position?.sequence ?? 0
    }

    /// The next good block and its payload; `nil` at the end, be it the log's own or the first damaged block.
    func next() throws(Failure) -> (block: SpillBlock, payload: [UInt8])? {
        guard damage == nil, !isComplete else { return nil }
        let file = try SpillDescriptor(path)
        let rest = file.size - offset
        guard rest > 0 else { return stop("it ends without its last block") }
        let head = try file.read(at: offset, count: SpillBlock.size)
        guard let block = SpillBlock(bytes: head) else {
            return stop(rest < SpillBlock.size ? "its last block is cut off" : "no block begins there")
        }
        guard Int(block.length) <= rest - SpillBlock.size else { return stop("its last block is cut off") }
        let payload = try file.read(at: offset + SpillBlock.size, count: Int(block.length))
        guard payload.count == Int(block.length), checksum(head[..<32], payload) == Array(head[32...]) else {
            return stop("the checksum is wrong")
        }
        guard block.sequence == sequence, block.first <= block.end else { return stop("a block is missing") }
        sequence &+= 1
        offset += SpillBlock.size + payload.count
        if block.tag == SpillBlock.lastTag {
            isComplete = true
            return nil
        }
        return (block, payload)
    }

    /// The payload of a block seen before by `next()`, which began at `offset`.
    func payload(of block: SpillBlock, at offset: Int) throws(Failure) -> [UInt8] {
        let payload = try SpillDescriptor(path).read(at: offset + SpillBlock.size, count: Int(block.length))
        guard payload.count == Int(block.length) else {
            throw Failure(.noInput, "\(path) became shorter while it was read")
        }
        return payload
    }

    /// Says that a block, though as it was written, makes no sense.
    func reject(_ reason: String) { _ = stop(reason) }

    private func stop(_ reason: String) -> (block: SpillBlock, payload: [UInt8])? {
        damage = "byte \(offset): \(reason)"
        return nil
    }
}

/// An open file, closed when it goes out of scope.
struct SpillDescriptor: ~Copyable {
    private let path: String
    private let descriptor: Int32
    let size: Int

    init(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = errnoText()
            if descriptor >= 0 { close(descriptor) }
            throw Failure(.noInput, "cannot read \(path): \(reason)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Failure(.noInput, "cannot read \(path): not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// `count` bytes from `offset`, fewer at the end of the file.
    borrowing func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        try Files.read(descriptor, path: path, at: offset, count: min(count, max(0, size - offset)))
    }
}
