import Diagnostics
import Foundation

/// A file being written; every write is checked, and what was written so far is known when one fails.
struct OutputFile: ~Copyable {
    let path: String
    /// Bytes the system has accepted.
    private(set) var bytesWritten = 0
    private var descriptor: Int32

    /// Creates `path`, which must not exist, with `bytes` in it; symbolic links are not followed.
    init(creating path: String, startingWith bytes: [UInt8] = []) throws(Failure) {
        let descriptor = try OutputFile.create(path)
        do throws(Failure) {
            try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
                try OutputFile.write(UnsafeRawBufferPointer(buffer), to: descriptor, path: path, after: 0)
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        bytesWritten = bytes.count
    }

    private static func create(_ path: String) throws(Failure) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.cannotCreate, "cannot create \(path): \(errnoText())")
        }
        return descriptor
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes all of `bytes`.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        try OutputFile.write(bytes, to: descriptor, path: path, after: bytesWritten)
        bytesWritten += bytes.count
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String, after: Int
    ) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if written < 0 {
                if errno == EINTR { continue }
                throw Failure(.outputFailed, "cannot write \(path) after \(after + done) bytes: \(errnoText())")
            }
            done += written
        }
    }

    /// Writes all of `bytes`.
    mutating func write(_ bytes: [UInt8]) throws(Failure) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in try write(UnsafeRawBufferPointer(buffer)) }
    }

    /// Makes what has been written durable.
    func sync() throws(Failure) {
        guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw Failure(.outputFailed, "cannot write \(path) after \(bytesWritten) bytes: \(errnoText())")
        }
    }

    /// Makes the file durable and closes it; both are checked, since some file systems report a full disk only here.
    mutating func finish() throws(Failure) {
        guard descriptor >= 0 else { return }
        let closing = descriptor
        descriptor = -1
        let synced = fsync(closing) == 0 || errno == EINVAL || errno == EROFS
        let reason = errno
        guard close(closing) == 0, synced else {
            throw Failure(
                .outputFailed, "cannot write \(path) after \(bytesWritten) bytes: \(errnoText(synced ? errno : reason))"
            )
        }
    }
}

/// Small file operations whose failures are messages.
enum Files {
    /// Makes `path` (a file or a folder) durable.
    static func sync(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.outputFailed, "cannot open \(path): \(errnoText())") }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and say so with EINVAL.
        if fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS {
            throw Failure(.outputFailed, "cannot write \(path): \(errnoText())")
        }
    }

    /// Lets `body` write a new file, makes it durable and gives it its final name; a file of that name is replaced.
    static func publish(
        _ path: String, through temporary: String, _ body: (String) throws(Failure) -> Void
    ) throws(Failure) {
        if unlink(temporary) != 0 && errno != ENOENT {
            throw Failure(.cannotCreate, "cannot remove \(temporary): \(errnoText())")
        }
        do throws(Failure) {
            try body(temporary)
            try Files.sync(temporary)
            guard rename(temporary, path) == 0 else {
                throw Failure(.outputFailed, "cannot rename \(temporary) to \(path): \(errnoText())")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        try Files.sync(folder.isEmpty ? "/" : folder)
    }

    /// Names in a folder, sorted; `nil` when it cannot be listed.
    static func names(in folder: String) -> [String]? {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted()
    }

    /// The kind of a path itself, links not followed; `nil` when there is nothing.
    static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The whole content of a regular file.
    static func read(_ path: String, limit: Int = 1 << 30) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.noInput, "cannot read \(path): not a regular file")
        }
        guard status.st_size <= limit else {
            throw Failure(.badInput, "\(path) has \(status.st_size) bytes, more than the \(limit) that make sense")
        }
        return try read(descriptor, path: path, at: 0, count: Int(status.st_size))
    }

    /// `count` bytes from `offset`, fewer at the end of the file.
    static func read(_ descriptor: Int32, path: String, at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        var problem: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { problem = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if problem != 0 { throw Failure(.noInput, "cannot read \(path): \(errnoText(problem))") }
        return bytes
    }
}
