public import Diagnostics
import Glibc

extension RunDirectory {
    /// Gives back what the logs of spikes and recorded variables take up before the places where they have been read
    /// to.
    ///
    /// The logs keep their length; where a file system cannot give back a part of a file, they keep all.
    ///
    /// - Parameter marks: Where readings ended, which later ones begin at.
    /// - Throws: `.noInput` for a log that cannot be opened.
    public func forget(before marks: LogMarks) throws(Failure) {
        for (path, mark) in marks.spikes { try forget(.spikes, path, before: mark.position) }
        for (path, mark) in marks.frames { try forget(.frames, path, before: mark.position) }
    }

    private func forget(_ kind: SpillKind, _ path: String, before position: SpillPosition) throws(Failure) {
        // Readings begin with the header.
        let start = try SpillInput(path: path, kind: kind).offset
        guard position.offset > start else { return }
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot open \(path): \(errnoText())") }
        defer { close(descriptor) }
        _ = PunchHole.function?(
            descriptor, PunchHole.mode, off_t(start), off_t(position.offset - start))
    }
}

/// The system's way to give back a part of a file, which its header shows to few.
private enum PunchHole {
    typealias Function = @convention(c) (Int32, Int32, off_t, off_t) -> Int32

    /// A hole (2), the file as long as before (1).
    static let mode: Int32 = 3
    static let function = dlsym(nil, "fallocate").map { unsafeBitCast($0, to: Function.self) }
}
