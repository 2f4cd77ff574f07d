import Machine
import Mapping

/// Where one key goes, found by looking it up chip by chip: the plainest way there is.
struct TableWalk {
    var wires: [Int] = []
    var chips: [Int] = []
    /// Worker cores reached, with the links crossed to each.
    var reached: [(core: Int, hops: Int)] = []

    init(from number: Int, in mapping: Mapping) {
        let machine = mapping.machine
        let core = mapping.cores[number]
        guard let home = machine.number(of: core.chip) else { return }
        var open: [(chip: Int, from: Int?, hops: Int)] = [(home, nil, 0)]
        while let (chip, from, hops) = open.popLast() {
            chips.append(chip)
            let entry = mapping.tables[machine.chips[chip]]?.entries.first { $0.matches(core.key) }
            if entry == nil && from == nil {
                chips = []
                return
            }
            let links = entry.map { entry in entry.route.links.map(\.rawValue) } ?? from.map { [($0 + 3) % 6] } ?? []
            for processor in entry?.route.cores ?? [] {
                let place = machine.chips[chip]
                if let core = mapping.cores.firstIndex(where: { $0.chip == place && $0.processor == processor }) {
                    reached.append((core, hops))
                }
            }
            for link in links {
                wires.append(6 * chip + link)
                let next = Int(machine.neighbours[6 * chip + link])
                open.append((next, (link + 3) % 6, hops + 1))
            }
        }
    }
}
