import Diagnostics
import Glibc
import StrictJSON

/// Loads a topology file's bytes.
public enum TopologyFile {
    /// Reads a regular file as a whole.
    ///
    /// - Throws: `Failure` with exit code 66 where there is no such file, it cannot be read or is not a regular file (a
    ///   folder, a pipe, a device), and 65 where it is larger than the limit.
    public static func load(_ path: String, limits: ReadingLimits = ReadingLimits()) throws(Failure) -> [UInt8] {
        let name = Wording.printable(path, limit: 1024)
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Failure(.noInput, "error \(name): not a file name")
        }
        // Without O_NONBLOCK, opening a pipe waits for a writer.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw Failure(.noInput, "error \(name): cannot be opened: \(errnoText())")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Failure(.noInput, "error \(name): cannot be examined: \(errnoText())")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.noInput, "error \(name): \(kind(status.st_mode)), not a regular file")
        }
        guard status.st_size <= limits.bytes else { throw tooLarge(name, limits) }
        return try read(descriptor, name, expected: Int(status.st_size), limits)
    }

    private static func read(
        _ descriptor: Int32, _ name: String, expected: Int, _ limits: ReadingLimits
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(.noInput, "error \(name): cannot be read: \(errnoText())")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limits.bytes else { throw tooLarge(name, limits) }
        }
    }

    private static func tooLarge(_ name: String, _ limits: ReadingLimits) -> Failure {
        Failure(
            .badInput,
            "error \(name): larger than the limit of \(limits.bytes) bytes; "
                + "keep long connection lists in a FromFile connector's own file")
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
