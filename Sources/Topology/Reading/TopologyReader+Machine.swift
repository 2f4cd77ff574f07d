import StrictJSON

extension TopologyReader {
    /// Widest machine whose chips have 8-bit coordinates.
    static let largestSide = 256
    static let mostBoards = MachineRequest.mostBoards

    mutating func readMachine(_ value: JSONValue) throws(DocumentError) -> MachineRequest {
        let object = try JSONObject(
            value, "machine",
            keys: [
                "board", "boards", "width", "height", "wrap", "faults", "cores_per_chip", "router_entries", "core",
            ])
        var result = MachineRequest(shape: try readShape(object))
        result.coresPerChip = try object.integer("cores_per_chip", in: 2...18)
        result.routerEntries = try object.integer("router_entries", in: 1...65535)
        if let core = object["core"] { result.core = try readCoreLimits(core) }
        if let faults = object["faults"] {
            let object = try JSONObject(faults, "faults", keys: ["chips", "cores", "links"])
            let side = Self.largestSide - 1
            if let chips = object["chips"] {
                result.faultyChips = try readPlaces(chips, "a chip [x, y]", [0...side, 0...side], result)
            }
            if let cores = object["cores"] {
                result.faultyCores = try readPlaces(cores, "a core [x, y, p]", [0...side, 0...side, 1...17], result)
            }
            if let links = object["links"] {
                result.faultyLinks = try readPlaces(links, "a link [x, y, l]", [0...side, 0...side, 0...5], result)
            }
            if let (width, height) = Self.extent(result.shape) {
                let dead = Set(result.faultyChips)
                if dead.count >= width * height { throw faults.error(.conflict, "every chip of the machine is faulty") }
            }
        }
        return result
    }

    /// Width and height where the shape fixes them.
    private static func extent(_ shape: MachineRequest.Shape) -> (width: Int, height: Int)? {
        switch shape {
        case .spin3: (2, 2)
        case .spin5(boards: 1): (8, 8)
        case .grid(let width, let height, _): (width, height)
        case .auto, .spin5: nil
        }
    }

    private func readShape(_ object: JSONObject) throws(DocumentError) -> MachineRequest.Shape {
        let grid = ["width", "height", "wrap"].first { object[$0] != nil }
        let board = ["board", "boards"].first { object[$0] != nil }
        if let grid {
            if let board {
                throw try object.require(board).keyError(
                    .conflict,
                    "a machine has either boards or a width and height, not both \"\(board)\" and \"\(grid)\"")
            }
            let width = try object.require("width").integer("width", in: 1...Self.largestSide)
            let height = try object.require("height").integer("height", in: 1...Self.largestSide)
            return .grid(width: width, height: height, wrap: try object.bool("wrap", default: false))
        }
        let kind = try object["board"]?.choice("board", of: ["spin3", "spin5"])
        guard let boards = object["boards"] else {
            return kind == nil ? .auto : kind == "spin3" ? .spin3 : .spin5(boards: 1)
        }
        if boards.kind == .string {
            _ = try boards.choice("boards", of: ["auto"])
            guard kind != "spin3" else {
                throw boards.error(.conflict, "\"auto\" chooses spin5 boards; leave \"board\" out or make it \"spin5\"")
            }
            return .auto
        }
        guard boards.isNumber else {
            throw boards.wrongType("boards", "an integer from 1 to \(Self.mostBoards) or \"auto\"")
        }
        if kind == "spin3" {
            _ = try boards.integer("boards", in: 1...1)
            return .spin3
        }
        return .spin5(boards: try boards.integer("boards", in: 1...Self.mostBoards))
    }

    private func readPlaces(
        _ value: JSONValue, _ what: String, _ ranges: [ClosedRange<Int>], _ machine: MachineRequest
    ) throws(DocumentError) -> [[Int]] {
        guard value.isArray else { throw value.wrongType("faults", "an array of places, each " + what) }
        var result: [[Int]] = []
        let names = ["x", "y", ranges.last?.upperBound == 5 ? "l" : "p"]
        for place in value.elements {
            guard place.isArray, place.count == ranges.count else { throw place.wrongType("a faulty place", what) }
            var numbers: [Int] = []
            for (ordinal, element) in place.elements.enumerated() {
                numbers.append(try element.integer(names[ordinal], in: ranges[ordinal]))
            }
            if let (width, height) = Self.extent(machine.shape), numbers[0] >= width || numbers[1] >= height {
                throw place.error(
                    .outOfRange,
                    "chip [\(numbers[0]), \(numbers[1])] is outside the machine of \(width) by \(height) chips")
            }
            if ranges.last == 1...17, let cores = machine.coresPerChip, numbers[2] >= cores {
                throw place.error(
                    .outOfRange, "a chip of this machine has cores 0 to \(cores - 1), got core \(numbers[2])")
            }
            result.append(numbers)
        }
        return result
    }

    private func readCoreLimits(_ value: JSONValue) throws(DocumentError) -> CoreLimits {
        let object = try JSONObject(
            value, "core",
            keys: [
                "clock", "dtcm", "sdram", "ring_buffer_bits", "neurons_per_core", "sources_per_core", "row_words",
                "synapses_per_second",
            ])
        var core = CoreLimits()
        core.clock = try object.integer("clock", in: 1_000_000...100_000_000_000) ?? core.clock
        core.dtcm = try object.integer("dtcm", in: 1024...1_099_511_627_776) ?? core.dtcm
        core.sdram = try object.integer("sdram", in: 65536...1_099_511_627_776) ?? core.sdram
        core.ringBufferBits = try object.integer("ring_buffer_bits", in: 3...16) ?? core.ringBufferBits
        core.neuronsPerCore = try object.integer("neurons_per_core", in: 1...65536) ?? core.neuronsPerCore
        core.sourcesPerCore = try object.integer("sources_per_core", in: 1...65536) ?? core.sourcesPerCore
        core.rowWords = try object.integer("row_words", in: 4...65536) ?? core.rowWords
        core.synapsesPerSecond =
            try object.integer("synapses_per_second", in: 1...1_000_000_000_000) ?? core.synapsesPerSecond
        return core
    }
}
