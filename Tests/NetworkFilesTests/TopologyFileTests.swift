import Diagnostics
import Foundation
import NetworkFiles
import StrictJSON
import Testing

@Suite struct TopologyFileTests {
    @Test func loadsRegularFilesOnly() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "topology-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "a.json").path
        try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
        #expect(try TopologyFile.load(file) == Array("{}".utf8))
        let pipe = folder.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in ["", "a\0b", folder.path, pipe, "/dev/zero", file + ".missing", file + "/x"] {
            let failure = #expect(throws: Failure.self) { try TopologyFile.load(path) }
            #expect(failure?.exitCode == .noInput, "\(path)")
        }
        var limits = ReadingLimits()
        limits.bytes = 1
        #expect(throws: Failure.self) { try TopologyFile.load(file, limits: limits) }
    }
}
