public import Diagnostics
import Glibc
import StrictJSON

/// A file that a topology refers to: inside the topology's own folder, reached without following a link.
public enum FileReference {
    /// The path of a referenced file.
    ///
    /// - Parameters:
    ///   - reference: Relative path as in the topology, checked by the reader: no `..`, not absolute.
    ///   - topology: Path of the topology file.
    /// - Throws: `noInput` where there is no such regular file, or a part of the way is a link.
    public static func path(_ reference: String, of topology: String) throws(Failure) -> String {
        var path = topology.lastIndex(of: "/").map { String(topology[...$0]) } ?? ""
        let parts = reference.split(separator: "/")
        for (number, part) in parts.enumerated() {
            path += (number == 0 ? "" : "/") + part
            let shown = Wording.printable(path, limit: 1024)
            var status = stat()
            guard lstat(path, &status) == 0 else {
                throw Failure(.noInput, "cannot read \(shown): \(errnoText())")
            }
            let kind = status.st_mode & S_IFMT
            if kind == S_IFLNK {
                throw Failure(
                    .noInput, "cannot read \(shown): it is a link, and links of a topology's folder are not followed")
            }
            guard kind == (number == parts.count - 1 ? S_IFREG : S_IFDIR) else {
                throw Failure(
                    .noInput, "cannot read \(shown): not a \(number == parts.count - 1 ? "regular file" : "folder")")
            }
        }
        return path
    }
}
