// A mapping in the JSON layouts of the official tools (SpiNNMachine, PACMAN and SpiNNFrontEndCommon 7.4), so that
// others can compare or load it.
//
//  * machine.json: the machine; a chip is [x, y, details] with the number of its cores, the place of its board's
//    Ethernet chip, and the links it lacks. The layout counts cores and cannot say which of them are dead, so that a
//    chip with a dead core in between is written with the cores up to its last good one: placements stay valid.
//  * placements.json: the worker cores; a label is the population and its first and last neuron.
//  * routing_keys.json: key and mask of each worker core that sends packets, under the same label.
//  * routing_tables.json: the tables of all chips that have any entry, first match first. No entry is marked as one
//    that default routing could replace: those have been left out where that is safe.

import Machine
import Mapping
import StrictJSON
public import Topology

/// The files of a mapping that the official tools understand.
public struct OfficialFormats {
    private let mapping: Mapping
    private let network: Network

    public init(_ mapping: Mapping, of network: Network) {
        self.mapping = mapping
        self.network = network
    }

    /// Names and contents of the files.
    ///
    /// - Complexity: O(chips + cores + entries).
    /// - Determinism: a function of the mapping.
    public var files: [(name: String, text: String)] {
        [
            ("machine.json", machine), ("placements.json", placements), ("routing_keys.json", keys),
            ("routing_tables.json", tables),
        ].map { ($0.0, $0.1.text(lines: 2) + "\n") }
    }

    private func label(_ core: WorkerCore) -> String {
        let slice = "\(network.populations[core.population].name):\(core.slice)"
        switch core.role {
        case .delayExtension: return slice + "_delay"
        case .synapses(let number): return slice + "_synapses_\(number)"
        case .neurons, .source: return slice
        }
    }

    private var machine: JSONText {
        let machine = mapping.machine
        let resources = JSONText.object([
            ("monitors", .integer(1)), ("routerEntries", .integer(machine.routerEntries)),
            ("sdram", .integer(machine.sdram)), ("tags", .integers(1...7)),
        ])
        // The Ethernet chip is the first of its board.
        var roots = [Int](repeating: -1, count: machine.boards)
        for (number, board) in machine.board.enumerated() where roots[Int(board)] < 0 { roots[Int(board)] = number }
        let chips = machine.chips.enumerated().map { number, chip in
            let board = Int(machine.board[number])
            let root = machine.chips[roots[board]]
            var details: [(String, JSONText)] = [
                ("cores", .integer((machine.processors(ofChip: number).last ?? 0) + 1)),
                ("ethernet", .integers([root.x, root.y])),
            ]
            let dead = (0..<6).filter { machine.neighbour(of: number, over: Link.allCases[$0]) == nil }
            if !dead.isEmpty { details.append(("deadLinks", .integers(dead))) }
            if roots[board] == number {
                details.append(("ipAddress", .string("127.0.\(board / 256).\(board % 256)")))
            }
            return JSONText.array([.integer(chip.x), .integer(chip.y), .object(details)])
        }
        return .object([
            ("height", .integer(machine.height)), ("width", .integer(machine.width)), ("root", .integers([0, 0])),
            ("standardResources", resources), ("ethernetResources", resources), ("chips", .array(chips)),
        ])
    }

    private var placements: JSONText {
        .array(
            mapping.cores.map {
                .object([
                    ("vertex_label", .string(label($0))), ("x", .integer($0.chip.x)), ("y", .integer($0.chip.y)),
                    ("p", .integer($0.processor)),
                ])
            })
    }

    private var keys: JSONText {
        .object(
            mapping.cores.filter(\.sendsPackets).map {
                (
                    label($0),
                    .array([.object([("key", .integer(Int($0.key))), ("mask", .integer(Int($0.mask)))])])
                )
            })
    }

    private var tables: JSONText {
        .array(
            mapping.tables.sorted { $0.key < $1.key }.map { chip, table in
                .object([
                    ("x", .integer(chip.x)), ("y", .integer(chip.y)),
                    (
                        "entries",
                        .array(
                            table.entries.map {
                                .object([
                                    ("key", .integer(Int($0.key))), ("mask", .integer(Int($0.mask))),
                                    ("defaultable", .bool(false)),
                                    ("spinnaker_route", .integer(Int($0.route.rawValue))),
                                ])
                            })
                    ),
                ])
            })
    }
}
