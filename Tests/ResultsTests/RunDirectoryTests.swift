import Diagnostics
import Foundation
import Results
import Testing

@Suite struct RunDirectoryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aNewFolderIsCreatedAndAnEmptyOneTaken() throws {
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
        for name in ["new", "empty", "slash/"] {
            let run = try RunDirectory(creating: folder.file(name))
            #expect(folder.exists("\(name)/.partial/lock"))
            #expect(!run.path.hasSuffix("/"))
        }
    }

    @Test func whatCannotBeTheFolderIsRefused() throws {
        try folder.write("file", [])
        try FileManager.default.createDirectory(atPath: folder.file("full"), withIntermediateDirectories: false)
        try folder.write("full/notes.txt", [])
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("full"))
        for (name, word) in [
            ("file", "not a folder"), ("full", "--overwrite"), ("link", "symbolic link"), ("link/", "symbolic link"),
            ("absent/run", "cannot create"), (String(repeating: "x", count: 5000), "cannot create"),
        ] {
            let problem = failure { _ = try RunDirectory(creating: folder.file(name)) }
            #expect(problem?.exitCode == .cannotCreate)
            #expect(problem?.message.contains(word) == true, "\(problem?.message ?? "no failure")")
        }
    }

    @Test func overwritingRemovesOnlyWhatWeWrite() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("run/reports"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: folder.file("run/.partial"), withIntermediateDirectories: true)
        let ours = [
            "run.json", "spikes.h5", "report.html", "reports/E.v.h5", ".partial/spikes.0.spill",
            ".partial/spinnsim.log",
            ".partial/frames.12.spill", "spinnsim.log",
        ]
        let theirs = ["notes.txt", "reports/notes.txt", ".partial/spikes.x.spill", ".partial/spikes.01.spill"]
        for name in ours + theirs { try folder.write("run/\(name)", [1]) }
        do {
            let run = try RunDirectory(creating: folder.file("run"), overwrite: true)
            for name in ours { #expect(folder.exists("run/\(name)"), "\(name)") }
            run.discard()
            for name in ours + theirs { #expect(folder.exists("run/\(name)"), "\(name)") }
            #expect(!folder.exists("run/.partial/lock"))
        }
        let run = try RunDirectory(creating: folder.file("run"), overwrite: true)
        try run.beginWriting()
        for name in ours { #expect(!folder.exists("run/\(name)"), "\(name)") }
        for name in theirs { #expect(folder.exists("run/\(name)"), "\(name)") }
    }

    @Test func discardingLeavesWhatTheUserMade() throws {
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
        for name in ["empty", "new"] {
            let run = try RunDirectory(creating: folder.file(name))
            try run.beginWriting()
            try TestRun().log(in: run.working, ranks: 1, finish: false) { _ in 0 }
            try folder.write("\(name)/.partial/spinnsim.log", [1])
            run.discard()
        }
        #expect(folder.names == ["empty"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("empty")).isEmpty)
    }

    @Test func whatIsInTheWayIsSaidAtOnce() throws {
        for (name, content) in [("reports", false), ("spikes.h5", true), (".partial/spikes.0.spill", true)] {
            let run = UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: folder.file("\(run)/.partial"), withIntermediateDirectories: true)
            try folder.write("\(run)/run.json", [1])
            if content {
                try FileManager.default.createDirectory(
                    atPath: folder.file("\(run)/\(name)"), withIntermediateDirectories: false)
            } else {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.file("\(run)/\(name)"), withDestinationPath: folder.path)
            }
            let problem = failure { _ = try RunDirectory(creating: folder.file(run), overwrite: true) }
            #expect(problem?.exitCode == .cannotCreate)
            #expect(problem?.message.contains("\(name) is in the way") == true, "\(problem?.message ?? "none")")
            #expect(folder.exists("\(run)/run.json"))
        }
    }

    @Test func theLogIsPublishedWithTheRun() throws {
        let spikes = TestRun()
        do {
            let run = try RunDirectory(creating: folder.file("run"))
            try spikes.log(in: run.working, ranks: 1) { _ in 0 }
            try Data("said".utf8).writeOrFail(run.log)
            #expect(!folder.exists("run/spinnsim.log"))
            try run.complete(RunSummary(run: spikes.description(ranks: 1), merged: try run.gatherSpikes()))
            #expect(try folder.text("run/spinnsim.log") == "said")
        }
        do {
            let run = try RunDirectory(creating: folder.file("interrupted"))
            try spikes.log(in: run.working, ranks: 1, finish: false) { _ in 0 }
            try Data("so far".utf8).writeOrFail(run.log)
        }
        let run = try RunDirectory(opening: folder.file("interrupted"), forWriting: true)
        _ = try run.export(.csv, to: folder.file("spikes.csv"))
        #expect(!folder.exists("interrupted/spinnsim.log"))
        _ = try run.export(.sonata)
        #expect(try folder.text("interrupted/spinnsim.log") == "so far")
    }

    @Test func aSecondRunIsKeptOut() throws {
        let first = try RunDirectory(creating: folder.file("run"))
        let problem = failure { _ = try RunDirectory(creating: folder.file("run"), overwrite: true) }
        #expect(problem?.exitCode == .cannotCreate)
        #expect(problem?.message.contains("process \(getpid())") == true)
        #expect(failure { _ = try RunDirectory(opening: first.path, forWriting: true) }?.exitCode == .cannotCreate)
        _ = try RunDirectory(opening: first.path)
        first.discard()
        _ = try RunDirectory(creating: folder.file("run"))
    }

    @Test func anInterruptedRunSaysHowToRecoverIt() throws {
        do {
            let run = try RunDirectory(creating: folder.file("run"))
            try TestRun().log(in: run.working, ranks: 1, finish: false) { _ in 0 }
        }
        let problem = failure { _ = try RunDirectory(creating: folder.file("run")) }
        #expect(problem?.message.contains("spinnsim gather") == true)
    }

    @Test func filesAppearWholeOrNotAtAll() throws {
        let run = try RunDirectory(creating: folder.file("run"))
        let problem = failure {
            try run.publish("run.json") { (path) throws(Failure) in
                #expect(path.hasPrefix(run.working))
                try Data([1]).writeOrFail(path)
                #expect(!folder.exists("run/run.json"))
                throw Failure(.outputFailed, "full")
            }
        }
        #expect(problem?.message == "full")
        #expect(!folder.exists("run/run.json"))
        try run.write("run.json", [1, 2])
        try run.write("run.json", [3])
        #expect(try folder.bytes("run/run.json") == [3])
    }

    @Test func aPlantedLinkIsNotFollowed() throws {
        let run = try RunDirectory(creating: folder.file("run"))
        try folder.write("victim", [7])
        for name in ["run/run.json", "run/.partial/run.json"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(name), withDestinationPath: folder.file("victim"))
        }
        try run.write("run.json", [1])
        #expect(try folder.bytes("victim") == [7])
        #expect(try folder.bytes("run/run.json") == [1])
    }

    @Test func openingNeedsARun() throws {
        #expect(failure { _ = try RunDirectory(opening: folder.file("absent")) }?.exitCode == .noInput)
        #expect(failure { _ = try RunDirectory(opening: folder.path) }?.exitCode == .noInput)
        #expect(failure { _ = try RunDirectory(joining: folder.path) }?.exitCode == .cannotCreate)
    }

    @Test func aCompleteRunHasNoWorkingFolder() throws {
        let run = try RunDirectory(creating: folder.file("run"))
        let spikes = TestRun()
        try spikes.log(in: run.working, ranks: 2) { _ in 1 }
        let merged = try run.gatherSpikes()
        let summary = RunSummary(run: spikes.description(ranks: 2), merged: merged)
        try run.writeReport(summary)
        try run.write(Provenance())
        #expect(try run.summary() == nil)
        try run.complete(summary)
        let files = ["provenance.sqlite3", "raster.svg", "report.html", "run.json", "spikes.h5"]
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path).sorted() == files)
        #expect(try run.summary() == summary)
    }

    @Test func exportsAreEqualFromLogsAndFromTheFile() throws {
        let run = try RunDirectory(creating: folder.file("run"))
        let spikes = TestRun(timestep: 0.1)
        try spikes.log(in: run.working, ranks: 3) { Int($0.neuron) % 3 }
        var fromLogs: [[UInt8]] = []
        for format in [SpikeFormat.csv, .nest] {
            _ = try run.export(format, to: folder.file("a"))
            fromLogs.append(try folder.bytes("a"))
        }
        let merged = try run.gatherSpikes()
        try run.complete(RunSummary(run: spikes.description(ranks: 3), merged: merged))
        for (index, format) in [SpikeFormat.csv, .nest].enumerated() {
            #expect(try run.export(format, to: folder.file("b")).hash == merged.hash)
            #expect(try folder.bytes("b") == fromLogs[index])
        }
        _ = try run.export(.sonata, to: folder.file("c"))
        #expect(try folder.bytes("c") == folder.bytes("run/spikes.h5"))
    }

    @Test func anInterruptedRunIsRecovered() throws {
        let spikes = TestRun()
        do {
            let run = try RunDirectory(creating: folder.file("run"))
            try spikes.log(in: run.working, ranks: 2, blockSize: 256, finish: false) { Int($0.neuron) % 2 }
            let whole = try folder.bytes("run/.partial/spikes.1.spill")
            try folder.write("run/.partial/spikes.1.spill", Array(whole.prefix(whole.count / 2)))
        }
        let run = try RunDirectory(opening: folder.file("run"), forWriting: true)
        let merged = try run.export(.sonata)
        #expect(merged.intactSteps > 0 && merged.intactSteps < 300)
        #expect(merged.logs.map(\.isComplete) == [false, false])
        #expect(try SonataSpikeReader(path: run.file("spikes.h5")).read().spikes == merged.spikes)
        try run.writeReport(nil)
        #expect(try folder.text("run/report.html").contains("interrupted"))
        #expect(try run.export(.sonata) == merged)
    }
}

extension Data {
    /// Writes the data, a failure being one of ours.
    fileprivate func writeOrFail(_ path: String) throws(Failure) {
        do { try write(to: URL(fileURLWithPath: path)) } catch { throw Failure(.outputFailed, "\(error)") }
    }
}
