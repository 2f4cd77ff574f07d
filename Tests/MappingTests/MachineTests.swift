import Diagnostics
import Machine
import Mapping
import Testing
import Topology

@Suite struct MachineTests {
    @Test func spin5BoardIsAHexagon() throws {
        let machine = try Machine(MachineRequest(shape: .spin5(boards: 1)))
        #expect(machine.chips.count == 48)
        #expect(machine.workerCount + machine.chips.count == 856)
        #expect(machine.workerCount == MachineLayout.workersPerBoard)
        #expect((machine.width, machine.height) == (8, 8))
        let rows = [0...3, 0...4, 0...5, 0...6, 0...7, 1...7, 2...7, 3...7]
        for x in 0..<8 {
            for y in 0..<8 { #expect((machine.number(of: ChipCoordinate(x, y)) != nil) == rows[x].contains(y)) }
        }
        #expect(machine.processors(ofChip: 0) == Array(1...17))
        let short = try #require(machine.number(of: ChipCoordinate(5, 6)))
        #expect(machine.processors(ofChip: short) == Array(1...16))
        #expect(machine.neighbour(of: ChipCoordinate(0, 0), over: .southWest) == nil)
        #expect(machine.routerEntries == 1023)
    }

    @Test(arguments: [
        (1, 8, 8), (2, 16, 16), (3, 16, 16), (4, 28, 16), (6, 28, 16), (7, 28, 28), (24, 40, 40), (27, 40, 40),
    ])
    func boardsFillTriads(boards: Int, width: Int, height: Int) throws {
        let machine = try Machine(MachineRequest(shape: .spin5(boards: boards)))
        #expect((machine.width, machine.height) == (width, height))
        // All boards hang together: nothing was left out as an island.
        #expect(machine.chips.count == 48 * boards)
        #expect(machine.workerCount == 808 * boards)
        #expect(Set(machine.board).count == boards)
    }

    @Test func threeBoardsTileTheTriad() throws {
        let machine = try Machine(MachineRequest(shape: .spin5(boards: 3)))
        // Folded onto the 12×12 torus every chip appears once.
        #expect(Set(machine.chips.map { ChipCoordinate($0.x % 12, $0.y % 12) }).count == 144)
        let roots = [ChipCoordinate(0, 0), ChipCoordinate(4, 8), ChipCoordinate(8, 4)]
        for root in roots { #expect(root.x % 4 == 0 && (root.x + root.y) % 12 == 0) }
        #expect(Set(roots.compactMap { machine.number(of: $0) }.map { machine.board[$0] }).count == 3)
    }

    @Test func spin3LacksHorizontalWraps() throws {
        let machine = try Machine(MachineRequest(shape: .spin3))
        #expect(machine.chips.count == 4)
        let dead: [(Int, Int, Set<Int>)] = [(0, 0, [3, 4]), (0, 1, [3, 4]), (1, 0, [0, 1]), (1, 1, [0, 1])]
        for (x, y, links) in dead {
            for link in Link.allCases {
                let isDead = machine.neighbour(of: ChipCoordinate(x, y), over: link) == nil
                #expect(isDead == links.contains(link.rawValue), "(\(x), \(y)) \(link)")
            }
        }
        #expect(machine.neighbour(of: ChipCoordinate(0, 0), over: .south) == ChipCoordinate(0, 1))
        #expect(machine.distance(from: ChipCoordinate(0, 1), to: ChipCoordinate(1, 0)) == 1)
    }

    @Test(arguments: [
        (1, 1, true), (1, 5, true), (2, 2, true), (3, 2, true), (5, 4, true), (7, 7, true), (12, 12, true),
        (9, 3, true), (1, 4, false), (5, 4, false), (8, 8, false),
    ])
    func distanceIsWhatAWaveFinds(width: Int, height: Int, wrap: Bool) throws {
        let machine = try Machine(MachineRequest(shape: .grid(width: width, height: height, wrap: wrap)))
        #expect(machine.chips.count == width * height)
        for source in machine.chips.indices {
            let hops = wave(from: source, on: machine)
            for target in machine.chips.indices {
                let (a, b) = (machine.chips[source], machine.chips[target])
                #expect(machine.distance(from: a, to: b) == hops[target])
                let (dx, dy) = machine.vector(from: a, to: b)
                #expect(((a.x + dx - b.x) % width, (a.y + dy - b.y) % height) == (0, 0))
            }
        }
    }

    @Test func linksLeadBack() throws {
        for shape in [MachineRequest.Shape.spin3, .spin5(boards: 5), .grid(width: 4, height: 2, wrap: true)] {
            let machine = try Machine(
                MachineRequest(shape: shape, faultyChips: [[1, 1]], faultyLinks: [[0, 0, 0], [0, 1, 1]]))
            for chip in machine.chips.indices {
                for link in Link.allCases {
                    guard let other = machine.neighbour(of: chip, over: link) else { continue }
                    #expect(machine.neighbour(of: other, over: link.opposite) == chip)
                }
            }
        }
    }

    @Test func faultsTakeAway() throws {
        let request = MachineRequest(
            shape: .grid(width: 4, height: 4, wrap: true), faultyChips: [[2, 2]],
            faultyCores: [[0, 0, 3], [0, 0, 3]], faultyLinks: [[0, 0, 0]], coresPerChip: 5, routerEntries: 100)
        let machine = try Machine(request)
        #expect(machine.chips.count == 15)
        #expect(machine.number(of: ChipCoordinate(2, 2)) == nil)
        #expect(machine.processors(ofChip: 0) == [1, 2, 4])
        #expect(machine.workerCount == 15 * 4 - 1)
        #expect(machine.neighbour(of: ChipCoordinate(0, 0), over: .east) == nil)
        #expect(machine.neighbour(of: ChipCoordinate(1, 0), over: .west) == nil)
        #expect(machine.neighbour(of: ChipCoordinate(1, 2), over: .east) == nil)
        #expect(machine.routerEntries == 100)
    }

    @Test func islandsAreLeftOut() throws {
        // The first column of a mesh loses its links to the rest.
        let cuts = (0..<3).flatMap { [[0, $0, 0], [0, $0, 1]] }
        let machine = try Machine(
            MachineRequest(shape: .grid(width: 3, height: 3, wrap: false), faultyLinks: cuts))
        #expect(machine.chips.count == 6)
        #expect(machine.chips.allSatisfy { $0.x > 0 })

        let lone = try Machine(
            MachineRequest(
                shape: .grid(width: 2, height: 2, wrap: false), faultyLinks: (0..<6).map { [1, 1, $0] }))
        #expect(lone.chips == [ChipCoordinate(0, 0), ChipCoordinate(0, 1), ChipCoordinate(1, 0)])
    }

    @Test(arguments: [
        MachineRequest(shape: .spin5(boards: 1), faultyChips: [[0, 7]]),
        MachineRequest(shape: .spin5(boards: 1), faultyChips: [[-1, 0]]),
        MachineRequest(shape: .spin3, faultyCores: [[2, 0, 1]]),
        MachineRequest(shape: .spin3, faultyCores: [[0, 0, 18]]),
        MachineRequest(shape: .spin3, faultyCores: [[0, 0, 0]]),
        MachineRequest(shape: .spin3, faultyLinks: [[0, 0, 6]]),
        MachineRequest(shape: .spin3, faultyLinks: [[9, 0, 1]]),
        MachineRequest(shape: .spin3, faultyLinks: [[0, 0]]),
        MachineRequest(shape: .spin3, faultyChips: [[0, 0], [0, 1], [1, 0], [1, 1]]),
        MachineRequest(shape: .spin5(boards: 0)),
        MachineRequest(shape: .grid(width: 0, height: 3, wrap: false)),
        MachineRequest(shape: .grid(width: 3, height: -1, wrap: true)),
        MachineRequest(shape: .spin3, coresPerChip: 1),
        MachineRequest(shape: .spin3, coresPerChip: 19),
    ])
    func impossibleMachinesAreRefused(request: MachineRequest) {
        let failure = #expect(throws: Failure.self) { try Machine(request) }
        #expect(failure?.exitCode == .badInput)
    }

    /// Hops by breadth-first search over the links.
    private func wave(from source: Int, on machine: Machine) -> [Int] {
        var hops = [Int](repeating: -1, count: machine.chips.count)
        var queue = [source]
        hops[source] = 0
        var next = 0
        while next < queue.count {
            for link in Link.allCases {
                if let other = machine.neighbour(of: queue[next], over: link), hops[other] < 0 {
                    hops[other] = hops[queue[next]] + 1
                    queue.append(other)
                }
            }
            next += 1
        }
        return hops
    }
}
