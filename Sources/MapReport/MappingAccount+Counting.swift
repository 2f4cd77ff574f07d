import Fabric
import Machine
import Mapping
import Topology

extension MappingAccount {
    mutating func countPopulations(_ partition: Partition, _ network: Network, _ rates: Rates) {
        for (p, population) in network.populations.enumerated() {
            let own = partition.coresOf[p]
            let parrots = partition.extensionsOf[p]
            let synapses = partition.synapseCoresOf[p]
            let all = Array(own) + Array(parrots) + Array(synapses)
            var regions = CoreRegions()
            regions.system = 0
            for core in all { regions.add(partition.slices[core].regions) }
            populations.append(
                Population(
                    name: population.name, model: population.model.name, size: population.size,
                    slice: partition.sliceSize(of: p), limit: partition.limits[p], cores: own.count,
                    delayExtensions: parrots.count, synapseCores: synapses.count,
                    estimate: population.synapseCoreEstimate,
                    isDirect: cores[own.lowerBound].neuronCore != nil,
                    chips: Set(all.map { cores[$0].chip }).count,
                    delaySlots: partition.slices[own.lowerBound].delaySlots, regions: regions,
                    dtcm: all.reduce(0) { max($0, partition.slices[$1].dtcm) }, key: cores[own.lowerBound].key,
                    treeLinks: (Array(own) + Array(parrots)).reduce(0) { $0 + trees[$1].wires.count },
                    eventsPerSecond: all.reduce(0) { max($0, rates.events[$1]) }))
        }
    }

    mutating func countChips(_ partition: Partition, _ mapping: Mapping) {
        chips = machine.chips.enumerated().map { number, coordinate in
            Chip(
                coordinate: coordinate, board: Int(machine.board[number]),
                workers: machine.workers[number].nonzeroBitCount, cores: 0, sdram: 0, entriesUncompressed: 0,
                entries: mapping.tables[coordinate]?.entries.count ?? 0)
        }
        for (core, slice) in zip(mapping.cores, partition.slices) {
            guard let number = machine.number(of: core.chip) else { continue }
            chips[number].cores += 1
            chips[number].sdram += slice.sdram
        }
        for tree in trees where !tree.isDropped {
            for chip in tree.routers { chips[Int(chip)].entriesUncompressed += 1 }
        }
    }

    mutating func countLinks(_ rates: Rates) {
        var count = [Int](repeating: 0, count: machine.neighbours.count)
        var packets = [Double](repeating: 0, count: machine.neighbours.count)
        for (core, tree) in trees.enumerated() {
            for wire in tree.wires {
                count[Int(wire)] += 1
                packets[Int(wire)] += rates.packets[core]
            }
        }
        for wire in count.indices where count[wire] > 0 {
            links.append(LinkLoad(wire: wire, trees: count[wire], packetsPerSecond: packets[wire]))
        }
    }

    mutating func countHops() {
        var outgoing = [UInt8](repeating: 0, count: machine.chips.count)
        var depth = [Int](repeating: 0, count: machine.chips.count)
        for (core, tree) in trees.enumerated() {
            guard !tree.cores.isEmpty, let home = machine.number(of: cores[core].chip) else { continue }
            for wire in tree.wires { outgoing[Int(wire) / 6] |= 1 << UInt8(wire % 6) }
            depth[home] = 0
            var queue = [home]
            var next = 0
            while next < queue.count {
                let chip = queue[next]
                for link in 0..<6 where outgoing[chip] >> UInt8(link) & 1 != 0 {
                    let other = Int(machine.neighbours[6 * chip + link])
                    depth[other] = depth[chip] + 1
                    queue.append(other)
                }
                outgoing[chip] = 0
                next += 1
            }
            for target in tree.cores {
                guard let chip = machine.number(of: cores[Int(target)].chip) else { continue }
                while hops.count <= depth[chip] { hops.append(0) }
                hops[depth[chip]] += 1
            }
        }
    }

    mutating func rankResources(_ partition: Partition, _ network: Network, _ rates: Rates) {
        func add(_ name: String, _ used: Double, of available: Int, _ unit: String, _ place: String) {
            resources.append(
                Resource(name: name, used: used, available: Double(available), unit: unit, place: place))
        }
        func name(_ core: Int) -> String {
            let slice = partition.slices[core]
            let part = if case .synapses(let number) = slice.role { ", synapse core \(number)" } else { "" }
            return "\"\(network.populations[slice.population].name)\" \(slice.neurons)\(part)"
        }
        let limits = network.machine.core
        add("worker cores", Double(cores.count), of: workerCount, "cores", "the machine")
        if let chip = chips.max(by: { $0.sdram < $1.sdram }) {
            add("shared memory", Double(chip.sdram), of: machine.sdram, "bytes", "chip \(chip.coordinate)")
        }
        if let chip = chips.max(by: { $0.entries < $1.entries }) {
            add(
                "table entries", Double(chip.entries), of: machine.routerEntries, "entries", "chip \(chip.coordinate)")
        }
        if let link = busiestLinks(1).first {
            let (chip, number) = place(ofWire: link.wire)
            add(
                "link", link.packetsPerSecond, of: Self.packetsPerSecondOfLink, "packets/s",
                "chip \(chip) link \(number)")
        }
        if let core = partition.slices.indices.max(by: { partition.slices[$0].dtcm < partition.slices[$1].dtcm }) {
            add("data memory", Double(partition.slices[core].dtcm), of: limits.dtcm, "bytes", name(core))
        }
        if let core = rates.events.indices.max(by: { rates.events[$0] < rates.events[$1] }), rates.events[core] > 0 {
            add("synaptic events", rates.events[core], of: limits.synapsesPerSecond, "events/s", name(core))
        }
        resources = resources.enumerated().sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }
            .map(\.element)
    }
}
