import Diagnostics
import Foundation
import Machine
import MapReport
import Mapping
import Testing
import Topology

private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

@Suite struct AccountTests {
    /// Everything that the JSON says of traffic and places, counted again from the tables.
    @Test(arguments: [
        MachineRequest(), MachineRequest(shape: .spin5(boards: 3), faultyChips: [[1, 1]], faultyLinks: [[0, 0, 2]]),
        MachineRequest(shape: .grid(width: 5, height: 4, wrap: true), coresPerChip: 9),
    ])
    func jsonAgreesWithARecount(machine: MachineRequest) throws {
        let network = sample(machine)
        let (mapping, summary) = try map(network)
        let account = try MappingAccount(mapping, summary, of: network)
        let json = try object(account.json)
        let walks = mapping.cores.indices.map { TableWalk(from: $0, in: mapping) }

        #expect(json["cores"] as? Int == mapping.cores.count)
        #expect(json["chips_used"] as? Int == Set(mapping.cores.map(\.chip)).count)
        #expect(json["boards"] as? Int == mapping.machine.boards)
        #expect(json["tree_links"] as? Int == walks.reduce(0) { $0 + $1.wires.count })
        #expect(
            json["tree_links_x_atoms"] as? Int
                == zip(walks, mapping.cores).reduce(0) { $0 + $1.0.wires.count * $1.1.slice.count })
        #expect(json["entries"] as? Int == mapping.tables.values.reduce(0) { $0 + $1.entries.count })
        #expect(json["max_entries_per_chip"] as? Int == mapping.tables.values.map(\.entries.count).max())
        #expect(json["entries_uncompressed"] as? Int == walks.reduce(0) { $0 + $1.chips.count })
        let phases = try #require(json["seconds"] as? [String: Double])
        #expect(phases["total"] != nil && phases["place"] != nil)

        // Links.
        var trees: [Int: Int] = [:]
        for walk in walks { for wire in walk.wires { trees[wire, default: 0] += 1 } }
        let load = try #require(json["link_load"] as? [String: Any])
        #expect(load["used"] as? Int == trees.count)
        #expect(load["links"] as? Int == mapping.machine.neighbours.count { $0 >= 0 })
        #expect(json["max_trees_per_link"] as? Int == trees.values.max())
        let histogram = try #require(load["histogram"] as? [[String: Int]])
        #expect(histogram.reduce(0) { $0 + ($1["links"] ?? 0) } == load["links"] as? Int)
        for bin in histogram {
            let range = try #require(bin["trees_from"])...(try #require(bin["trees_to"]))
            let inside = trees.values.count { range.contains($0) }
            #expect(
                bin["links"] == (range == 0...0 ? mapping.machine.neighbours.count { $0 >= 0 } - trees.count : inside))
        }
        let busiest = try #require(load["busiest"] as? [[String: Any]])
        #expect(busiest.count == min(20, trees.count))
        for link in busiest {
            let (x, y) = (try #require(link["x"] as? Int), try #require(link["y"] as? Int))
            let chip = try #require(mapping.machine.number(of: ChipCoordinate(x, y)))
            #expect(link["trees"] as? Int == trees[6 * chip + (try #require(link["link"] as? Int))])
        }

        // Chips.
        let chips = try #require(json["by_chip"] as? [[String: Any]])
        #expect(chips.reduce(0) { $0 + ($1["cores"] as? Int ?? 0) } == mapping.cores.count)
        for chip in chips {
            let place = ChipCoordinate(try #require(chip["x"] as? Int), try #require(chip["y"] as? Int))
            let number = try #require(mapping.machine.number(of: place))
            #expect(chip["cores"] as? Int == mapping.cores.count { $0.chip == place })
            #expect(chip["entries"] as? Int == mapping.tables[place]?.entries.count ?? 0)
            #expect(chip["entries_uncompressed"] as? Int == walks.count { $0.chips.contains(number) })
        }

        // Hops.
        let hops = try #require(json["hops"] as? [String: Any])
        let pairs = try #require(hops["pairs_by_hops"] as? [Int])
        let all = walks.flatMap(\.reached).map(\.hops)
        #expect(pairs == (0...(all.max() ?? 0)).map { h in all.count { $0 == h } })
        let mean = try #require(hops["mean"] as? Double)
        #expect(abs(mean - Double(all.reduce(0, +)) / Double(all.count)) < 1e-5)

        // Populations.
        let populations = try #require(json["populations"] as? [[String: Any]])
        #expect(populations.map { $0["name"] as? String } == network.populations.map(\.name))
        for (p, population) in populations.enumerated() {
            let own = mapping.cores.filter { $0.population == p }
            let plain = own.filter { $0.role == .neurons || $0.role == .source }
            #expect(population["cores"] as? Int == plain.count)
            #expect(population["delay_extensions"] as? Int == own.count - plain.count)
            #expect(population["chips"] as? Int == Set(own.map(\.chip)).count)
            #expect(population["neurons_per_core"] as? Int == plain[0].slice.count)
            #expect(population["limited_by"] as? String == "neurons_per_core")
            let regions = try #require(population["sdram_by_region"] as? [String: Int])
            #expect(regions.values.reduce(0, +) == population["sdram"] as? Int)
        }
        let sdram = populations.reduce(0) { $0 + ($1["sdram"] as? Int ?? 0) }
        #expect(chips.reduce(0) { $0 + ($1["sdram"] as? Int ?? 0) } == sdram)
    }

    @Test func limitsAreSharesOfWhatThereIs() throws {
        let network = sample()
        let (mapping, summary) = try map(network)
        let account = try MappingAccount(mapping, summary, of: network)
        #expect(account.resources.map(\.share) == account.resources.map(\.share).sorted(by: >))
        let cores = try #require(account.resources.first { $0.name == "worker cores" })
        #expect(cores.used == Double(mapping.cores.count) && cores.available == 808)
        // 20 neurons of A: 5 inputs from A at 10 Hz, one from the noise at 25, all of B at 10.
        let events = try #require(account.resources.first { $0.name == "synaptic events" })
        #expect(abs(events.used - 20 * (5 * 10 + 25 + 200 * 10)) < 1e-6)
        #expect(events.available == 13_000_000)
    }

    @Test func textNamesTheImportantThings() throws {
        let network = sample()
        let (mapping, summary) = try map(network)
        let text = try MappingAccount(mapping, summary, of: network).text
        for word in [
            "what limits", "worker cores", "noise", "neurons_per_core", "busiest links", "hops", "1 spin5 board",
        ] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 200 })
    }

    @Test func aNetworkWithoutProjectionsHasAnAccount() throws {
        var network = sample()
        network.projections = []
        let (mapping, summary) = try map(network)
        let account = try MappingAccount(mapping, summary, of: network)
        #expect(account.links.isEmpty && account.hops.isEmpty && account.meanHops == 0)
        #expect(account.text.contains("no link is used"))
        #expect(try object(account.json)["entries"] as? Int == 0)
        #expect(try MappingPage(account).html().contains("</html>"))
    }
}

@Suite struct PageTests {
    /// The page says what the text says about numbers of synapse cores that were estimated, and nothing without any.
    @Test func estimatedSynapseCoresAreOnThePage() throws {
        var network = sample()
        func html() throws -> (page: String, account: MappingAccount) {
            let (mapping, summary) = try map(network)
            let account = try MappingAccount(mapping, summary, of: network)
            return (try MappingPage(account).html(), account)
        }
        #expect(try !html().page.contains("Synapse cores of a slice"))
        network.populations[1].estimatesSynapseCores = true
        network.estimateSynapseCores()
        let (page, account) = try html()
        let estimate = try #require(account.populations[1].estimate)
        #expect(page.contains("Synapse cores of a slice"))
        #expect(page.contains(#"<td class="left">\#(estimate.reason.rawValue)</td>"#))
    }

    /// What the page's script works with is what was mapped.
    @Test func dataOfThePageAreTheMappings() throws {
        let request = MachineRequest(shape: .spin5(boards: 2), faultyChips: [[2, 2]], faultyLinks: [[0, 0, 1]])
        let network = sample(request)
        let (mapping, summary) = try map(network)
        let html = try MappingPage(MappingAccount(mapping, summary, of: network)).html()
        // Nothing from outside.
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src="))
        let start = try #require(html.range(of: #"<script type="application/json" id="data">"#)).upperBound
        let end = try #require(html.range(of: "</script>", range: start..<html.endIndex)).lowerBound
        let data = try object(String(html[start..<end]))
        let chips = try #require(data["chips"] as? [String: [Int]])
        #expect(chips["x"]?.count == mapping.machine.chips.count)
        #expect(chips["cores"]?.reduce(0, +) == mapping.cores.count)
        let cores = try #require(data["cores"] as? [String: Any])
        let treeOf = try #require(cores["tree"] as? [Int])
        let trees = try #require(cores["trees"] as? [[[Int]]])
        #expect(treeOf.count == mapping.cores.count)
        for number in mapping.cores.indices {
            let walk = TableWalk(from: number, in: mapping)
            let tree = trees[treeOf[number]].map { differences in
                differences.reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1) }
            }
            #expect(tree[0] == walk.wires.sorted())
            let ends = walk.reached.compactMap { mapping.machine.number(of: mapping.cores[$0.core].chip) }
            #expect(tree[1] == Set(ends).sorted())
        }
        #expect((data["faults"] as? [String: [[Int]]])?["chips"] == [[2, 2]])
    }
}

@Suite struct WhatIfTests {
    @Test func moreBoardsFitWhatFewerDo() throws {
        // 3 × 400 cores of a neuron, and the delay extensions: more than one board has.
        let network = sample(size: 400, perCore: 1)
        let table = try WhatIf(network, boards: [1, 2, 3, 4], neuronsPerCore: [1, 4, 16]) {
            (trial) throws(Diagnostics.Failure) in try map(trial)
        }
        #expect(table.cases.map(\.boards) == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])
        for neurons in [1, 4, 16] {
            let fits = table.cases.filter { $0.neuronsPerCore == neurons }.map { $0.summary != nil }
            #expect(fits == fits.sorted { !$0 && $1 }, "\(neurons)")
        }
        // Larger slices need fewer cores.
        let cores = [1, 4, 16].compactMap { neurons in
            table.cases.last { $0.neuronsPerCore == neurons }?.summary?.cores
        }
        #expect(cores.count == 3 && cores == cores.sorted(by: >))
        let first = try #require(table.cases.first)
        #expect(first.summary == nil)
        #expect(first.reason?.contains("cores") == true)
        let json = try object(table.json)
        let rows = try #require(json["cases"] as? [[String: Any]])
        #expect(rows.count == 12)
        #expect(rows[0]["fits"] as? Bool == false && (rows[0]["reason"] as? String)?.isEmpty == false)
        #expect(rows[11]["fits"] as? Bool == true && rows[11]["cores"] as? Int == cores[2])
        #expect(table.text.split(separator: "\n").count == 14 + 3)
        let needs = [1, 4, 16].map { neurons in
            table.cases.first { $0.neuronsPerCore == neurons && $0.summary != nil }?.boards
        }
        #expect(table.boardsNeeded.map(\.boards) == needs && needs[0] != 1)
        #expect((json["boards_needed"] as? [[String: Int]])?.map { $0["boards"] } == needs)
    }

    @Test func withoutBoardsTheFilesMachineIsTaken() throws {
        let table = try WhatIf(sample(), boards: [], neuronsPerCore: [10]) {
            (trial) throws(Diagnostics.Failure) in try map(trial)
        }
        #expect(table.cases.count == 1 && table.cases[0].boards == nil && table.cases[0].summary?.boards == 1)
    }

    @Test func aFaultOutsideASmallerMachineIsAReason() throws {
        let network = sample(MachineRequest(shape: .spin5(boards: 3), faultyChips: [[10, 10]]))
        let table = try WhatIf(network, boards: [1, 3], neuronsPerCore: []) {
            (trial) throws(Diagnostics.Failure) in try map(trial)
        }
        #expect(table.cases[0].reason?.contains("(10, 10)") == true)
        #expect(table.cases[1].summary != nil)
    }
}
