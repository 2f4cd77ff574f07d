import Diagnostics
import HDF5

/// The values of the edges of one group of a SONATA file.
struct SonataEdgeGroup {
    let path: String
    /// nA or µS, `[n]`.
    let weights: [Double]?
    /// ms, `[n]`.
    let delays: [Double]?
    /// Synapses that an edge stands for, `[n]`.
    let synapses: [Int]?
    /// Columns that may matter to the network and are not read.
    let unread: [String]

    /// Columns that say where on a neuron a synapse is, and what a file keeps for itself; cells without a shape need
    /// none of them.
    private static func isHarmless(_ column: String) -> Bool {
        column.hasPrefix("afferent_") || column.hasPrefix("efferent_") || column.hasPrefix("sec_")
            || column.hasPrefix("seg_") || column.hasPrefix("@") || ["distance", "spine_length"].contains(column)
    }

    init(_ path: String, in file: HDF5File) throws(Failure) {
        let names = try file.names(in: path)
        func reals(_ name: String) throws(Failure) -> [Double]? {
            guard names.contains(name) else { return nil }
            let numbers = try HDF5Numbers.reals("\(path)/\(name)", in: file)
            return try numbers.reals(count: numbers.count)
        }
        self.path = path
        weights = try reals("syn_weight")
        var synapses: [Int]?
        if let numbers = try reals("nsyns") {
            synapses = try numbers.enumerated().map { (edge, number) throws(Failure) in
                guard let whole = Int(exactly: number), whole >= 0 else {
                    throw file.wrong(
                        "\(path)/nsyns[\(edge)]", "is \(number), and a number of synapses must be whole and at least 0")
                }
                return whole
            }
        }
        self.synapses = synapses
        if names.contains("delay") {
            let numbers = try HDF5Numbers.reals("\(path)/delay", in: file)
            let unit = try file.milliseconds(of: numbers.handle, numbers.path)
            delays = try numbers.reals(count: numbers.count).map { $0 * unit.factor / unit.divisor }
        } else {
            delays = nil
        }
        unread = names.filter { !["syn_weight", "delay", "nsyns"].contains($0) && !Self.isHarmless($0) }
    }

    /// What is wrong with the number of an edge in its group, if anything.
    func mistake(at place: Int) -> (path: String, text: String)? {
        for (name, count) in [("syn_weight", weights?.count), ("delay", delays?.count), ("nsyns", synapses?.count)] {
            if let count, !(0..<count).contains(place) {
                return ("\(path)/\(name)", "there are \(count) values, and it is number \(place)")
            }
        }
        return nil
    }
}
