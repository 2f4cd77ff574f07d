import Diagnostics
import Foundation
import Results
internal import Snapshots
import Transport

/// Hands the records of all ranks to a file that rank 0 writes, a few megabytes at a time.
///
/// A rank collects blocks until they are a piece; then all ranks meet and their pieces go to rank 0. A rank that has no
/// more takes part until all are done. Failures of the file are kept, so that nobody waits.
final class StateGathering: StateSink {
    /// Bytes that all ranks' pieces have together.
    private static let bytesAtOnce = 8 << 20

    private let transport: any Transport
    /// On rank 0.
    private let writer: StateFileWriter?
    private let wordsAtOnce: Int
    private var blocks: [StateBlock] = []
    private var words: [UInt32] = []
    private(set) var failure: Failure?

    init(_ writer: StateFileWriter?, on transport: any Transport) {
        self.writer = writer
        self.transport = transport
        wordsAtOnce = max(StateBlock.capacity, Self.bytesAtOnce / 4 / transport.size)
    }

    func put(_ key: StateKey, _ record: [UInt32]) throws(Failure) {
        var (first, part) = (0, 0)
        repeat {
            let end = min(first + StateBlock.capacity, record.count)
            let checksum = record[first..<end].withUnsafeBytes { Checksum.of($0) }
            blocks.append(StateBlock(key: key, part: part, words: end - first, checksum: checksum))
            words += record[first..<end]
            (first, part) = (end, part + 1)
            if words.count >= wordsAtOnce { _ = try meet(isDone: false) }
        } while first < record.count
    }

    /// Hands on what is left, and takes part until all ranks have.
    func finish() throws(Failure) {
        while try meet(isDone: words.isEmpty && blocks.isEmpty) {}
    }

    /// Gathers a piece of every rank; `false`: all were done.
    private func meet(isDone: Bool) throws(Failure) -> Bool {
        guard try transport.reduce([isDone ? 0 : 1], .maximum)[0] > 0 else { return false }
        var bytes = blocks.flatMap(\.numbers).withUnsafeBytes(Array.init)
        let head = withUnsafeBytes(of: UInt64(blocks.count)) { Array($0) }
        words.withUnsafeBytes { bytes.append(contentsOf: $0) }
        blocks.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        for piece in try transport.gather(head + bytes) where failure == nil {
            do throws(Failure) { try write(piece) } catch { failure = error }
        }
        return true
    }

    private func write(_ piece: [UInt8]) throws(Failure) {
        let width = 6
        let numbers = piece.withUnsafeBytes { raw in
            let count = Int(raw.load(as: UInt64.self))
            return (0..<count * width).map { raw.load(fromByteOffset: 8 + 8 * $0, as: UInt64.self) }
        }
        var own: [StateBlock] = []
        for row in stride(from: 0, to: numbers.count, by: width) {
            guard let block = StateBlock(numbers: numbers[row..<row + width]) else {
                throw Failure(.bug, "a rank has sent a block of its state that makes no sense")
            }
            own.append(block)
        }
        var failure: Failure?
        piece.withUnsafeBytes { raw in
            let words = UnsafeRawBufferPointer(rebasing: raw[(8 + 8 * numbers.count)...])
            do throws(Failure) { try writer?.append(own, words) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

extension StateFileReader: StateSource {}
