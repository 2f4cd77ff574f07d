public import Diagnostics
import Foundation

/// Files that a command writes where the user says.
public enum TextFile {
    /// Writes a file as a whole; one of that name is replaced when everything has been written.
    ///
    /// - Throws: `.cannotCreate` when the name is that of something else than a file or cannot be created,
    ///   `.outputFailed` when the disk does not take it.
    public static func replace(_ path: String, with text: String) throws(Failure) {
        guard !path.isEmpty, !path.utf8.contains(0), !path.hasSuffix("/") else {
            throw Failure(.cannotCreate, "\"\(path.filter { $0 != "\0" })\" is not a file name")
        }
        if let mode = Files.mode(path), mode != S_IFREG {
            throw Failure(
                .cannotCreate,
                "cannot write \(path): \(mode == S_IFDIR ? "a folder" : "not a regular file"); \"-\" is standard output"
            )
        }
        try Files.publish(path, through: path + ".partial") { (temporary) throws(Failure) in
            var file = try OutputFile(creating: temporary)
            try file.write(Array(text.utf8))
            try file.finish()
        }
    }

    /// Copies a file as a whole to where the user says; one of that name is replaced when everything has been written.
    ///
    /// - Throws: As ``replace(_:with:)``.
    public static func copy(_ source: String, to path: String) throws(Failure) {
        guard !path.isEmpty, !path.utf8.contains(0), !path.hasSuffix("/"),
            Files.mode(path).map({ $0 == S_IFREG }) ?? true
        else {
            throw Failure(.cannotCreate, "cannot write \(path.filter { $0 != "\0" }): not a regular file")
        }
        try Files.publish(path, through: path + ".partial") { (temporary) throws(Failure) in
            do {
                try FileManager.default.copyItem(atPath: source, toPath: temporary)
            } catch {
                throw Failure(.cannotCreate, "cannot write \(path): \(error.localizedDescription)")
            }
        }
    }

    /// Makes sure that there is a folder.
    ///
    /// - Throws: `.cannotCreate` when it cannot be created or is something else.
    public static func makeFolder(_ path: String) throws(Failure) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw Failure(.cannotCreate, "not the name of a folder") }
        if mkdir(path, 0o755) == 0 { return }
        let problem = errno
        var status = stat()
        guard problem == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            let reason = problem == EEXIST ? "it is not a folder" : errnoText(problem)
            throw Failure(.cannotCreate, "cannot create the folder \(path): \(reason)")
        }
    }

    /// Whether two names lead to the same file.
    public static func isSame(_ path: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }
}
