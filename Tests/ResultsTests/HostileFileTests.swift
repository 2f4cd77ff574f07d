import Diagnostics
import Foundation
import Results
import Testing

/// Files that claim what they do not hold, or point out of themselves.
@Suite struct HostileFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A run whose `spikes.h5` was changed by a line of Python on `f`, the open file, and `g`, population E's group.
    func run(_ change: String) throws -> RunDirectory {
        let run = try RunDirectory(creating: folder.file("run"))
        try TestRun().log(in: run.working, ranks: 1) { _ in 0 }
        _ = try run.gatherSpikes()
        try run.removeWorkingFolder()
        let script = """
            import sys
            f = h5py.File(sys.argv[1], 'r+')
            g = f['spikes']['E']
            h5py.File(sys.argv[1] + '.other', 'w').create_dataset('x', data=[1.0])
            def replace(name, *args, **options):
                units = dict(g[name].attrs)
                del g[name]
                g.create_dataset(name, *args, **options)
                for key in units:
                    g[name].attrs[key] = units[key]
            \(change)
            f.close()
            """
        _ = try Python.run(script, [folder.file("run/spikes.h5")], modules: ["h5py", "numpy"])
        return try RunDirectory(opening: folder.file("run"))
    }

    @Test(arguments: [
        ("replace('timestamps', shape=(2**40,), dtype='f8')", "E/timestamps claims 8796093022208 bytes"),
        (
            "replace('timestamps', shape=(2**40,), dtype='f8', chunks=(1000,))",
            "E/timestamps claims 8796093022208 bytes"
        ),
        (
            "replace('timestamps', shape=(2**40,), dtype='f8', chunks=(1000,), compression='gzip')",
            "E/timestamps claims 8796093022208 bytes"
        ),
        (
            "replace('node_ids', data=numpy.zeros(2**26, 'u8'), chunks=(2**26,), compression='gzip')",
            "E/node_ids is packed in pieces"
        ),
        ("replace('node_ids', shape=(2**40,2**40), dtype='u8', chunks=(10,10))", "E/node_ids claims"),
        ("replace('node_ids', data=[b'a', b'b'])", "E/node_ids does not hold unsigned integers"),
        ("replace('node_ids', data=[-1, 2])", "E/node_ids does not hold unsigned integers"),
        ("replace('timestamps', data=[1, 2])", "E/timestamps does not hold floating-point numbers"),
        ("replace('timestamps', data=[1.0, 2.0])", "[2] timestamps"),
        ("replace('node_ids', data=numpy.zeros((2, 2), 'u8'))", "[2, 2] node_ids"),
        ("replace('node_ids', data=numpy.uint64(1))", "E/node_ids has 0 dimensions"),
        (
            "replace('node_ids', data=numpy.zeros(5, 'u8'), compression='lzf')",
            "E/node_ids is packed by the filter 32000"
        ),
        ("del g['node_ids']", "E/node_ids is missing"),
        ("del f['spikes']", "/spikes is missing"),
        ("del f['spikes']; f['spikes'] = [1]", "/spikes"),
        ("del g['node_ids']; g['node_ids'] = h5py.SoftLink('/spikes/one/node_ids')", "E/node_ids is a soft link"),
        (
            "del g['timestamps']; g['timestamps'] = h5py.ExternalLink(sys.argv[1] + '.other', '/x')",
            "E/timestamps is a link to another file"
        ),
        ("f['spikes']['Z'] = h5py.ExternalLink(sys.argv[1] + '.other', '/')", "/spikes/Z is a link to another file"),
        (
            "del g['node_ids']; g.create_dataset('node_ids', (4,), 'u8', external=[('/etc/passwd', 0, 32)])",
            "E/node_ids has its data in other files"
        ),
        (
            """
            v = h5py.VirtualLayout((4,), 'u8'); v[:] = h5py.VirtualSource(sys.argv[1] + '.other', 'x', (4,)); \
            del g['node_ids']; g.create_virtual_dataset('node_ids', v)
            """, "E/node_ids is put together from other datasets"
        ),
        ("del g['timestamps'].attrs['units']", "E/timestamps has no attribute 'units'"),
        ("g['timestamps'].attrs['units'] = 's'", "E/timestamps has no attribute 'units'"),
        ("g.attrs['sorting'] = 'by_time'", "E is not sorted 'by_time'"),
        ("g.attrs['index'] = 1", "has the 'index' 1 of"),
        ("g.attrs['index'] = 2**40", "E has no 'index' and 'size'"),
        ("g.attrs['size'] = 'big'", "E has no 'index' and 'size'"),
        ("g.attrs['recorded'] = 10**6", "E has 'recorded' 1000000 of 800"),
        ("f.attrs['magic'] = 1", "has no attribute 'magic'"),
        ("f.attrs['timestep'] = 0.0", "'steps' of 0.0 ms"),
        ("f.attrs['timestep'] = float('nan')", "'steps' of nan ms"),
        ("f.attrs['steps'] = 2**50", "1125899906842624 'steps'"),
        ("f.attrs['steps'] = 10", "is after the run's end"),
        ("g['timestamps'][0] = float('nan')", "E/timestamps[0] = nan is out of order"),
        ("g['node_ids'][3] = 800", "E/node_ids[3] = 800 of 800"),
    ]) func isRefusedByName(change: String, message: String) throws {
        let run = try run(change)
        let start = ContinuousClock.now
        let problem = failure { _ = try run.export(.csv, to: folder.file("out.csv")) }
        #expect(problem?.exitCode == .badInput)
        #expect(
            problem?.message.contains("spikes.h5") == true && problem?.message.contains(message) == true,
            "\(problem?.message ?? "none")")
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(!folder.exists("out.csv"))
    }

    /// A size that nothing bears out costs no memory.
    @Test func aHugePopulationIsOnlyAClaim() throws {
        let run = try run("g.attrs['size'] = 2**31 - 1")
        #expect(try run.export(.csv, to: folder.file("out.csv")).spikes == 5000)
        try RunDirectory(opening: run.path, forWriting: true).writeReport(nil)
        #expect(try folder.text("run/report.html").contains("2,147,483,647"))
    }

    @Test func somethingElseThanAFileIsNotRead() throws {
        let run = try run("pass")
        try FileManager.default.removeItem(atPath: run.file("spikes.h5"))
        #expect(mkfifo(run.file("spikes.h5"), 0o644) == 0)
        #expect(failure { _ = try SonataSpikeReader(path: run.file("spikes.h5")) }?.exitCode == .noInput)
    }

    @Test func anOutputThatCannotBeReplacedIsRefusedAtOnce() throws {
        let run = try run("pass")
        for path in [folder.path, "/dev/null"] {
            let problem = failure { _ = try run.export(.csv, to: path) }
            #expect(problem?.exitCode == .cannotCreate)
            #expect(problem?.message.contains(path) == true)
        }
    }
}
