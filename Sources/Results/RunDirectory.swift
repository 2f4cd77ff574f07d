import Diagnostics
import Foundation

/// The folder of a run's results.
///
/// Logs and unfinished files are in its working folder `.partial`; a finished file is made durable there and then
/// renamed, so a file with its final name is whole. `run.json` is the last of them.
public final class RunDirectory {
    /// The folder as the user named it, without trailing slashes.
    public let path: String
    private var lock: FolderLock?
    /// The folder itself was made for this run.
    private var isCreated = false
    /// What is in the folder under our names, if anything, is of this run.
    private var isBegun = false

    /// Where logs and unfinished files are.
    public var working: String { "\(path)/\(RunDirectory.workingName)" }

    /// Where the run's `spinnsim.log` is written; `complete(_:)` gives it its final name.
    public var log: String { "\(working)/\(RunDirectory.logName)" }

    static let workingName = ".partial"
    static let logName = "spinnsim.log"
    /// Folders of results, which hold HDF5 files.
    static let folderNames = ["reports", "weights", "rewiring"]
    /// Everything a run may leave beside those and the working folder, `run.json` first: it vouches for the others.
    static let fileNames = [
        "run.json", "spikes.h5", "spikes.csv", "spikes.dat", "provenance.sqlite3", "report.html", "raster.svg",
        logName,
    ]

    private init(unchecked path: String) {
        var path = path
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Creates the folder for a new run, if it is not there, and locks it.
    ///
    /// Nothing of an earlier run is touched before ``beginWriting()``, which comes when the new run is known to fit.
    ///
    /// - Parameter overwrite: an earlier run may be in the folder.
    /// - Throws: `.cannotCreate` when the folder is not empty (unless `overwrite`), is no folder, is a symbolic link,
    ///   cannot be created, has something in it that cannot make room for results, or another run is writing to it.
    public convenience init(creating path: String, overwrite: Bool = false) throws(Failure) {
        self.init(unchecked: path)
        if let mode = Files.mode(self.path) {
            if mode == S_IFLNK {
                throw Failure(.cannotCreate, "\(self.path) is a symbolic link; name the folder itself with -o")
            }
            if mode != S_IFDIR { throw Failure(.cannotCreate, "\(self.path) exists and is not a folder") }
            guard let names = Files.names(in: self.path) else {
                throw Failure(.cannotCreate, "cannot list \(self.path): \(errnoText())")
            }
            if !overwrite && !names.isEmpty { throw notEmpty(names) }
            isBegun = names.isEmpty
        } else if mkdir(self.path, 0o755) != 0 {
            throw Failure(.cannotCreate, "cannot create the folder \(self.path): \(errnoText())")
        } else {
            isCreated = true
            isBegun = true
        }
        do throws(Failure) {
            try RunDirectory.makeFolder(working)
            lock = try FolderLock(folder: working)
            try checkRoom()
        } catch {
            discard()
            throw error
        }
    }

    /// Makes room for the results: removes what an earlier run left, files of other names stay.
    ///
    /// To be called once by the rank that created the folder, before any rank opens a log in it.
    ///
    /// - Throws: `.cannotCreate`.
    public func beginWriting() throws(Failure) {
        isBegun = true
        for name in earlierFiles() { try remove(name) }
        for name in RunDirectory.folderNames { rmdir(file(name)) }
    }

    /// The folder another rank created for the run this rank takes part in.
    ///
    /// - Throws: `.cannotCreate` when it cannot be seen from here.
    public convenience init(joining path: String) throws(Failure) {
        self.init(unchecked: path)
        guard Files.mode(working) == S_IFDIR else {
            throw Failure(
                .cannotCreate,
                "\(working) is not visible on \(HostName.current): the results folder has to be on a shared file system"
            )
        }
    }

    /// The folder of a run that has ended, well or not; `forWriting` locks it.
    ///
    /// - Throws: `.noInput` when there is no such run, `.cannotCreate` when it is still being written.
    public convenience init(opening path: String, forWriting: Bool = false) throws(Failure) {
        self.init(unchecked: path)
        guard let names = Files.names(in: self.path) else {
            throw Failure(.noInput, "there is no run in \(self.path): \(errnoText(ENOENT))")
        }
        guard !Set(names).isDisjoint(with: ["run.json", "spikes.h5", RunDirectory.workingName]) else {
            throw Failure(.noInput, "there is no run in \(self.path): it has no run.json, spikes.h5 or .partial")
        }
        if forWriting {
            try RunDirectory.makeFolder(working)
            lock = try FolderLock(folder: working)
        }
    }

    /// The folder of a run that has stopped, or was killed, before its end and goes on from a saved state; locks it.
    ///
    /// - Throws: `.noInput` when there is no such run, or it is complete and its logs are gone.
    public convenience init(resuming path: String) throws(Failure) {
        try self.init(opening: path, forWriting: true)
        guard hasLogs else {
            throw Failure(
                .noInput,
                "\(self.path) does not hold the recordings of an unfinished run; name the folder of the run with -o")
        }
    }

    /// Makes room for the logs of a run that goes on: removes those that begin at `step` or later.
    ///
    /// To be called once by the rank that opened the folder, before any rank opens a log in it.
    ///
    /// - Throws: `.cannotCreate`; `.noInput` when there are no logs of earlier steps.
    public func beginAgain(at step: Int) throws(Failure) {
        for name in Files.names(in: working) ?? [] {
            let starts = SpillKind.allCases.compactMap { $0.part(fileName: name)?.start }
            if starts.contains(where: { $0 >= step }) { try remove("\(RunDirectory.workingName)/\(name)") }
        }
        guard step == 0 || hasLogs else {
            throw Failure(.noInput, "\(path) has no recordings of the steps before step \(step), where the run goes on")
        }
    }

    deinit {
        guard lock != nil else { return }
        lock = nil
        // Stays while there are logs in it.
        rmdir(working)
    }

    /// The path of a file of the run.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Lets `body` write a new file in the working folder, makes it durable and gives it its final name.
    ///
    /// - Parameters:
    ///   - name: relative to the folder; may be in one of ``folderNames``.
    ///   - body: creates and closes the file at the path it is given.
    /// - Throws: what `body` throws; `.outputFailed`, `.cannotCreate`.
    public func publish(_ name: String, _ body: (String) throws(Failure) -> Void) throws(Failure) {
        try publish(name, in: path, body)
    }

    /// The same with the final name in another folder.
    func publish(
        _ name: String, in path: String, _ body: (String) throws(Failure) -> Void
    ) throws(Failure) {
        if let folder = RunDirectory.folderNames.first(where: { name.hasPrefix("\($0)/") }) {
            try RunDirectory.makeFolder("\(path)/\(folder)")
        }
        let temporary = path == self.path ? "\(working)/\(name.replacing("/", with: "."))" : "\(path)/\(name).partial"
        try Files.publish("\(path)/\(name)", through: temporary, body)
    }

    /// Writes a whole file atomically.
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws(Failure) {
        try publish(name) { (path) throws(Failure) in
            var file = try OutputFile(creating: path)
            try file.write(Array(bytes))
            try file.finish()
        }
    }

    /// Removes the working folder with its logs, after everything has its final name.
    public func removeWorkingFolder() throws(Failure) {
        for name in Files.names(in: working) ?? [] where RunDirectory.isOurs(workingFile: name) {
            try remove("\(RunDirectory.workingName)/\(name)")
        }
        lock = nil
        rmdir(working)
    }

    /// Undoes the creation of a run that did not come to simulate: removes what it wrote, and the folder if it made it.
    ///
    /// An earlier run that ``beginWriting()`` has not removed stays.
    public func discard() {
        if isBegun { for name in earlierFiles() { try? remove(name) } }
        if isBegun { for name in RunDirectory.folderNames { rmdir(file(name)) } }
        lock = nil
        rmdir(working)
        if isCreated { rmdir(path) }
    }

    /// Whether a file in the working folder is one that we write.
    static func isOurs(workingFile name: String) -> Bool {
        SpillKind.allCases.contains { $0.rank(fileName: name) != nil }
            || fileNames.contains(name) || name.hasSuffix(".h5") && folderNames.contains { name.hasPrefix("\($0).") }
            || name.hasPrefix("provenance.sqlite3-")
    }

    /// Everything in the folder under a name of ours, what vouches for the others first.
    private func earlierFiles() -> [String] {
        var names = RunDirectory.fileNames.filter { Files.mode(file($0)) != nil }
        for folder in RunDirectory.folderNames where Files.mode(file(folder)) == S_IFDIR {
            names += (Files.names(in: file(folder)) ?? []).filter { $0.hasSuffix(".h5") }.map { "\(folder)/\($0)" }
        }
        let logs = (Files.names(in: working) ?? []).filter(RunDirectory.isOurs(workingFile:))
        return names + logs.map { "\(RunDirectory.workingName)/\($0)" }
    }

    /// Sees whether results can take the place of what is in the folder.
    private func checkRoom() throws(Failure) {
        let folders = RunDirectory.folderNames.map(file)
        for folder in folders where Files.mode(folder).map({ $0 != S_IFDIR }) ?? false {
            throw Failure(.cannotCreate, "\(folder) is in the way: it is not a folder; remove it")
        }
        for name in earlierFiles() where Files.mode(file(name)) == S_IFDIR {
            throw Failure(.cannotCreate, "\(file(name)) is in the way: it is a folder; remove it")
        }
        for folder in [path, working] + folders where Files.mode(folder) != nil && access(folder, W_OK) != 0 {
            throw Failure(.cannotCreate, "cannot write to the folder \(folder): \(errnoText())")
        }
    }

    /// Gives the log its final name, if the run left one.
    func publishLog() throws(Failure) {
        guard Files.mode(log) == S_IFREG else { return }
        try Files.sync(log)
        guard rename(log, file(RunDirectory.logName)) == 0 else {
            throw Failure(.outputFailed, "cannot rename \(log): \(errnoText())")
        }
    }

    func remove(_ name: String) throws(Failure) {
        if unlink(file(name)) != 0 && errno != ENOENT {
            throw Failure(.cannotCreate, "cannot remove \(file(name)): \(errnoText())")
        }
    }

    private static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o755) == 0 { return }
        let reason = errno
        guard reason == EEXIST, Files.mode(path) == S_IFDIR else {
            throw Failure(.cannotCreate, "cannot create the folder \(path): \(errnoText(reason))")
        }
    }

    private func notEmpty(_ names: [String]) -> Failure {
        let isInterrupted = names.contains(RunDirectory.workingName) && !names.contains("run.json")
        return Failure(
            .cannotCreate,
            isInterrupted
                ? "\(path) holds an interrupted run: 'spinnsim gather \(path)' recovers it, --overwrite discards it"
                : "\(path) is not empty: name another folder with -o, or discard what a run left there with --overwrite"
        )
    }
}

/// Keeps a second run out of a folder; vanishes with its process, however that ends.
final class FolderLock {
    private let path: String
    private let descriptor: Int32

    /// Locks `folder` with a file `lock` in it, which names host and process.
    ///
    /// - Throws: `.cannotCreate` when another process holds the lock.
    init(folder: String) throws(Failure) {
        path = "\(folder)/lock"
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot create \(path): \(errnoText())") }
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
                let holder = (try? Files.read(descriptor, path: path, at: 0, count: 256)) ?? []
                close(descriptor)
                let who = String(decoding: holder, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                throw Failure(.cannotCreate, "another run is writing to \(folder): \(who.isEmpty ? "unknown" : who)")
            }
            // The holder before us may have removed the file between our opening and locking it.
            var opened = stat()
            var named = stat()
            if fstat(descriptor, &opened) == 0, lstat(path, &named) == 0, opened.st_ino == named.st_ino {
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        let text = Array("host \(HostName.current), process \(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }
}
