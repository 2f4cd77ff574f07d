import CIntrinsics
import Diagnostics
import Glibc

/// Zeroed memory that can be seen twice in a row: what is written at `i` is read at `i + bytes` as well.
///
/// A ring in it needs no wrap: any stretch as long as the ring is contiguous.
final class DoubleMapping: Sendable {
    /// Valid for `2 · bytes`.
    nonisolated(unsafe) let start: UnsafeMutableRawPointer
    let bytes: Int

    /// - Parameters:
    ///   - bytes: A multiple of the page size.
    ///   - name: What it is for, for messages.
    /// - Throws: `doesNotFit` when the memory cannot be had.
    init(bytes: Int, _ name: String) throws(Failure) {
        func refuse() -> Failure {
            Failure(.doesNotFit, "\(bytes) bytes of \(name) cannot be mapped: \(errnoText())")
        }
        let file = cintrinsics_memory_file("spinnsim ring")
        guard file >= 0 else { throw refuse() }
        defer { close(file) }
        guard ftruncate(file, bytes) == 0 else { throw refuse() }
        let anywhere = mmap(nil, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let anywhere, anywhere != MAP_FAILED else { throw refuse() }
        for half in 0..<2 {
            let wanted = anywhere + half * bytes
            let got = mmap(wanted, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0)
            guard got == wanted else { throw refuse() }
        }
        start = anywhere
        self.bytes = bytes
    }

    deinit { munmap(start, 2 * bytes) }
}
