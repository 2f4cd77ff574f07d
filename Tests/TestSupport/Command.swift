import Foundation

/// A finished process.
public struct CommandResult: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
    public var seconds: Double
}

/// Runs programs for tests; every one under a time limit.
public enum Command {
    /// The folder of built products, beside the test bundle.
    public static var products: URL {
        let bundle = Bundle.main.bundleURL
        return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
    }

    public static var spinnsim: String { products.appending(path: "spinnsim").path }

    /// Runs a program found on the path and waits for it; a program still running after `seconds` is killed.
    public static func run(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], seconds: Int = 120
    ) throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", String(seconds)] + arguments
        if let folder { process.currentDirectoryURL = folder }
        process.environment = ProcessInfo.processInfo.environment
            .merging([
                "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "SWIFT_BACKTRACE": "enable=no",
            ]) { $1 }
            .merging(environment) { $1 }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "spinnsim-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (out, err) = (scratch.appending(path: "out"), scratch.appending(path: "err"))
        for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        process.standardInput = FileHandle.nullDevice
        let start = ContinuousClock.now
        try withSignalsUnblocked { try process.run() }
        process.waitUntilExit()
        return CommandResult(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: err), as: UTF8.self),
            seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Threads that tests run on have all signals blocked, which a process started there would inherit.
    private static func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var (none, earlier) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &earlier)
        defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
        try body()
    }

    /// Runs `spinnsim` on `ranks` ranks under `mpirun`.
    public static func mpirun(
        ranks: Int, _ arguments: [String], in folder: URL? = nil, seconds: Int = 120
    ) throws -> CommandResult {
        try run(["mpirun", "--oversubscribe", "-n", String(ranks), spinnsim] + arguments, in: folder, seconds: seconds)
    }
}

/// A folder that disappears with its owner.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "spinnsim-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a text file and returns its path.
    public func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    public func path(_ name: String) -> String { url.appending(path: name).path }
}
