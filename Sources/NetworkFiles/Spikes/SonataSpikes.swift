import Diagnostics
import HDF5

/// The spikes of one population of a SONATA file, in its layout of today or in its first one.
///
/// Today's is `/spikes/POPULATION` with `timestamps` and `node_ids`; the first has `timestamps` and `gids` in `/spikes`
/// and names no populations.
struct SonataSpikes {
    private static let piece = 1 << 16

    private let file: HDF5File
    private let times: HDF5Numbers
    private let nodes: HDF5Numbers
    private let unit: (factor: Double, divisor: Double)
    var count: Int { times.count }

    init(path: String, population: String?) throws(Failure) {
        let file = try HDF5File(reading: path)
        let names = try file.names(in: "/spikes")
        var group = "/spikes"
        if names.contains("timestamps"), try !file.groups(in: "/spikes").contains("timestamps") {
            if let population {
                throw file.wrong(
                    "/spikes/timestamps",
                    "is of SONATA's first layout, which names no populations; leave the population \(population) out")
            }
        } else {
            group += "/" + (try file.choose(population, in: "/spikes", "populations of spikes"))
        }
        let own = try file.names(in: group)
        let ids = own.contains("gids") && !own.contains("node_ids") ? "gids" : "node_ids"
        times = try HDF5Numbers.reals("\(group)/timestamps", in: file)
        nodes = try HDF5Numbers.integers("\(group)/\(ids)", in: file)
        guard times.count == nodes.count else {
            throw file.wrong(group, "has \(times.count) timestamps and \(nodes.count) \(ids)")
        }
        unit = try file.milliseconds(of: times.handle, times.path)
        self.file = file
    }

    func read(size: Int, _ take: (Double, Int) -> Void) throws(Failure) {
        var mistakes = SpikeMistakes()
        for first in stride(from: 0, to: count, by: Self.piece) {
            let length = min(Self.piece, count - first)
            let at = try times.reals(from: first, count: length)
            let who = try nodes.integers(from: first, count: length)
            for i in 0..<length {
                let time = at[i] * unit.factor / unit.divisor
                let (isTime, isNode) = (time.isFinite && time >= 0, who[i] >= 0 && who[i] < size)
                if isTime, isNode {
                    take(time, who[i])
                    continue
                }
                if !isTime {
                    mistakes.add(
                        .time, "\(file.path):\(times.path)[\(first + i)] is \(at[i]), and a time must be at least 0 ms")
                }
                if !isNode {
                    mistakes.add(
                        .node,
                        "\(file.path):\(nodes.path)[\(first + i)] is \(who[i]), and there are \(size) sources, from 0")
                }
            }
        }
        if let text = mistakes.text { throw Failure(.badInput, text) }
    }
}
