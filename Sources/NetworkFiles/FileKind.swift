import Diagnostics
import Glibc

/// What a file is by its beginning.
enum FileKind {
    /// The file begins as HDF5 files do (HDF5 File Format Specification 3.0, II.A).
    ///
    /// - Throws: `noInput` where it cannot be opened.
    static func isHDF5(_ path: String) throws(Failure) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        return bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) } == 8
            && bytes == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    }
}
