import Foundation
import Machine
import MapReport
import Mapping
import TestSupport
import Testing
import Topology

/// Reads the exported files by themselves and sends every key through them.
private let plainReader = """
    import json, sys
    folder = sys.argv[1]
    load = lambda name: json.load(open(folder + "/" + name))
    machine = load("machine.json")
    steps = [(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)]
    chips = {(c[0], c[1]): c[2] for c in machine["chips"]}
    def link(x, y, l):
        assert l not in chips[x, y].get("deadLinks", []), (x, y, l)
        return (x + steps[l][0]) % machine["width"], (y + steps[l][1]) % machine["height"]
    workers = lambda x, y: range(1, chips[x, y]["cores"])
    placements = [(p["vertex_label"], p["x"], p["y"], p["p"]) for p in load("placements.json")]
    keys = load("routing_keys.json")
    tables = {(t["x"], t["y"]): [(e["key"], e["mask"], e["spinnaker_route"]) for e in t["entries"]]
              for t in load("routing_tables.json")}
    """

/// The same through the classes of PACMAN and SpiNNMachine, and against their schemas.
private let pacmanReader = """
    import json, sys
    from spinn_utilities.config_holder import set_config
    from pacman.config_setup import unittest_setup
    unittest_setup()
    set_config("Machine", "version", "5")
    from spinn_machine.json_machine import machine_from_json
    from pacman.model.routing_tables.multicast_routing_tables import from_json
    from pacman.utilities.json_utils import placement_from_json
    from pacman.utilities.file_format_schemas import validate
    folder = sys.argv[1]
    load = lambda name: json.load(open(folder + "/" + name))
    for name in ["machine.json", "placements.json", "routing_tables.json"]: validate(load(name), name)
    machine = machine_from_json(folder + "/machine.json")
    def link(x, y, l):
        there = machine[x, y].router.get_link(l)
        return there.destination_x, there.destination_y
    workers = lambda x, y: machine[x, y].placable_processors_ids
    placements = [(p.vertex.label, p.x, p.y, p.p) for p in map(placement_from_json, load("placements.json"))]
    keys = load("routing_keys.json")
    tables = {(t.x, t.y): [(e.key, e.mask, e.spinnaker_route) for e in t.multicast_routing_entries]
              for t in from_json(folder + "/routing_tables.json")}
    """

private let walk = """

    placed = {(x, y, p) for _, x, y, p in placements}
    assert len(placed) == len(placements) and all(p in workers(x, y) for x, y, p in placed)
    links = deliveries = 0
    for label, x, y, p in placements:
        key = keys[label][0]["key"]
        todo = [(x, y, None)]
        while todo:
            x, y, came = todo.pop()
            route = next((r for k, m, r in tables.get((x, y), []) if key & m == k), None)
            if route is None:
                if came is None: break
                route = 1 << (came + 3) % 6
            for p in range(18):
                if route >> 6 + p & 1:
                    assert (x, y, p) in placed
                    deliveries += 1
            for l in range(6):
                if route >> l & 1:
                    links += 1
                    todo.append((*link(x, y, l), (l + 3) % 6))
    print(links, deliveries)
    """

/// The Python that tests use, and whether it has PACMAN.
private let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
private let hasPACMAN = (try? Command.run([python, "-c", "import pacman"]).status) == 0

@Suite struct ExportTests {
    private func read(_ request: MachineRequest, with reader: String) throws {
        let folder = try TemporaryFolder()
        let network = sample(request)
        let (mapping, summary) = try map(network)
        for file in OfficialFormats(mapping, of: network).files { _ = try folder.write(file.text, to: file.name) }
        let result = try Command.run([python, "-c", reader + walk, folder.url.path])
        #expect(result.status == 0, "\(result.errors)")
        let deliveries = mapping.targets.reduce(0) { $0 + $1.count }
        #expect(result.output.split(separator: "\n").last ?? "" == "\(summary.treeLinks) \(deliveries)")
    }

    private static let machines = [
        MachineRequest(), MachineRequest(shape: .spin5(boards: 3), faultyChips: [[4, 4]], faultyLinks: [[6, 6, 2]]),
        MachineRequest(faultyCores: [[0, 0, 3], [0, 0, 17]]),
    ]

    @Test(arguments: machines) func filesAreReadByAnotherReader(request: MachineRequest) throws {
        try read(request, with: plainReader)
    }

    @Test(.enabled(if: hasPACMAN), arguments: machines) func filesAreReadByPACMAN(request: MachineRequest) throws {
        try read(request, with: pacmanReader)
    }
}
