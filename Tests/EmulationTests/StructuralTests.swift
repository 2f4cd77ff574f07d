import Diagnostics
import Emulation
import FixedPoint
import Foundation
import Results
import TestSupport
import Testing
import Topology

/// Synapses that come and go, as a file has them.
func structural(
    _ type: String = "StructuralStatic", _ selection: String = #""type": "RandomSelection""#,
    formation: String, elimination: String, _ more: String
) -> String {
    #"{"type": "\#(type)", "partner_selection": {\#(selection)}, "#
        + #""formation": {"type": "DistanceDependentFormation", \#(formation)}, "#
        + #""elimination": {"type": "RandomByWeightElimination", \#(elimination)}, \#(more)}"#
}

/// Recorded events of a projection: step, source, target and whether it formed.
private func rewiring(_ projection: String, in folder: TemporaryFolder, _ run: String = "run") throws -> [[Int]] {
    try columns(
        "rewiring/\(projection).h5",
        ["timestamps", "source_node_id", "target_node_id", "formed"].map { "rewiring/\(projection)/\($0)" },
        in: folder, run
    ).map { $0.map { Int($0) } }
}

/// Datasets of one length, row by row.
private func columns(_ file: String, _ names: [String], in folder: TemporaryFolder, _ run: String = "run") throws
    -> [[Double]]
{
    let script = """
        import h5py, sys
        f = h5py.File(sys.argv[1])
        for row in zip(*[f[name][()] for name in sys.argv[2:]]): print(*[float(x) for x in row])
        """
    let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
    let answer = try Command.run([python, "-c", script, folder.path("\(run)/\(file)")] + names)
    try #require(answer.status == 0, "\(answer.errors)")
    return answer.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
}

private let lastNeuron = #""type": "LastNeuronSelection""#
private let random = #""type": "RandomSelection""#
private let grows = #""grid": [1, 1], "p_form_forward": 1.0"#
private let never = #""prob_elim_depressed": 0, "prob_elim_potentiated": 0"#
private let always = #""prob_elim_depressed": 1, "prob_elim_potentiated": 1"#

private func listed(
    _ post: String, _ rows: String, _ synapse: String, pre: String = "stim", _ more: String = ""
) -> String {
    #"{"pre": "\#(pre)", "post": "\#(post)", "connector": {"type": "FromList", "conn_list": \#(rows)}, "#
        + "\"synapse\": \(synapse)\(more)}"
}

private func topology(
    duration: Int, stim: String, posts: [String], projections: [String], simulation: String = ""
) -> String {
    """
    {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration)\(simulation)},
     "populations": \
     [\((["{\"name\": \"stim\", \"model\": \"SpikeSourceArray\", \(stim)}"] + posts).joined(separator: ",\n"))],
     "projections": [\(projections.joined(separator: ",\n"))]}
    """
}

private func single(_ name: String, _ more: String = "") -> String {
    #"{"name": "\#(name)", "size": 1, "model": "IF_curr_exp", "record": ["spikes"]\#(more)}"#
}

/// What sPyNNaker's own integration tests of structural plasticity expect of the machine; names as there.
@Suite(.timeLimit(.minutes(5))) struct HardwareStructuralTests {
    /// test_structural_without_stdp, also with neurons and synapses on cores of their own, as there.
    @Test(arguments: ["", #", "n_synapse_cores": 1"#]) func formedSynapsesHaveTheInitialWeightAndDelay(_ more: String)
        throws
    {
        func synapse(_ selection: String, _ formation: String, _ elimination: String, _ weight: Int, _ delay: Int)
            -> String
        {
            structural(
                "StructuralStatic", selection, formation: formation, elimination: elimination,
                #""f_rew": 1000, "initial_weight": \#(weight), "initial_delay": \#(delay), "s_max": 1, "seed": 0"#)
        }
        let shrinks = #""grid": [1, 1], "p_form_forward": 0.0"#
        let result = try learn(
            topology(
                duration: 10, stim: #""size": 1, "parameters": {"spike_times": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"#,
                posts: ["pop", "pop_2", "pop_3", "pop_4"].map { single($0, more) },
                projections: [
                    listed("pop", "[]", synapse(lastNeuron, grows, #""threshold": 2, \#(never)"#, 2, 5)),
                    listed("pop_2", "[]", synapse(random, grows, #""threshold": 4, \#(never)"#, 4, 3)),
                    listed("pop_3", "[[0, 0]]", synapse(lastNeuron, shrinks, #""threshold": 4, \#(always)"#, 2, 5)),
                    listed("pop_4", "[[0, 0]]", synapse(random, shrinks, #""threshold": 4, \#(always)"#, 4, 3)),
                ]))
        #expect(result == [[0, 0, 0, 5]: [2], [1, 0, 0, 3]: [4]])
    }

    /// test_structural_with_stdp: formed synapses learn from the first spike on.
    @Test func formedSynapsesLearn() throws {
        let rule =
            #""timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01, "A_minus": 0.01}, "#
            + #""weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 5}"#
        func synapse(_ selection: String, _ formation: String, _ elimination: String, _ weight: Int, _ delay: Int)
            -> String
        {
            structural(
                "StructuralSTDP", selection, formation: formation, elimination: elimination,
                #""f_rew": 1000, "initial_weight": \#(weight), "initial_delay": \#(delay), "s_max": 1, "#
                    + #""seed": 0, \#(rule)"#
            )
        }
        let shrinks = #""grid": [1, 1], "p_form_forward": 0.0"#
        let network = topology(
            duration: 10, stim: #""size": 1, "parameters": {"spike_times": [0, 2, 4, 6, 8]}"#,
            posts: ["pop", "pop_2", "pop_3", "pop_4"].map { single($0) },
            projections: [
                listed("pop", "[]", synapse(lastNeuron, grows, #""threshold": 2, \#(never)"#, 5, 2)),
                listed("pop_2", "[]", synapse(random, grows, #""threshold": 4, \#(never)"#, 4, 1)),
                listed("pop_3", "[[0, 0]]", synapse(lastNeuron, shrinks, #""threshold": 4, \#(always)"#, 2, 5)),
                listed("pop_4", "[[0, 0]]", synapse(random, shrinks, #""threshold": 4, \#(always)"#, 4, 3)),
            ])
        let result = try learn(network)
        let folder = try TemporaryFolder()
        _ = try emulate(network, in: folder)
        let all = try spikes(folder)
        func weight(_ population: String, _ pre: [Double], _ first: Double, _ delay: Double) -> Double {
            // What the rule makes of all pairs, but for target spikes that no source spike has followed yet.
            let post = all.filter { $0.contains(",\(population),") }.compactMap { Double($0.split(separator: ",")[0]) }
                .map { $0 + delay }.filter { $0 < pre[pre.count - 1] }
            var weight = first
            for t in post {
                for s in pre where s < t { weight += 0.01 * exp((s - t) / 20) }
                for s in pre where s > t { weight -= 0.01 * exp((t - s) / 20) }
            }
            return weight
        }
        #expect(result.count == 2)
        let one = try #require(result[[0, 0, 0, 2]])
        #expect(abs(one[0] - weight("pop", [2, 4, 6, 8], 5, 2)) < 0.01)
        let two = try #require(result[[1, 0, 0, 1]])
        #expect(abs(two[0] - weight("pop_2", [0, 2, 4, 6, 8], 4, 1)) < 0.01)
    }

    /// test_structural_shared: static and learning ones side by side, one population's synapses ending at another's.
    @Test func kindsOfDifferentPopulationsSideBySide() throws {
        let rule =
            #", "timing": {"type": "SpikePair", "A_plus": 0.01, "A_minus": 0.01}, "#
            + #""weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 5}"#
        func synapse(_ type: String, _ formation: String, _ elimination: String, _ weight: Int, _ delay: Int) -> String
        {
            structural(
                type, lastNeuron, formation: #""grid": [1, 1], "p_form_forward": \#(formation)"#,
                elimination: elimination,
                #""f_rew": 1000, "initial_weight": \#(weight), "initial_delay": \#(delay), "s_max": 1, "seed": 0"#
                    + (type == "StructuralSTDP" ? rule : ""))
        }
        let (keeps, goes) = (#""threshold": 2, \#(never)"#, #""threshold": 4, \#(always)"#)
        let result = try learn(
            topology(
                duration: 10, stim: #""size": 1, "parameters": {"spike_times": [0, 2, 4, 6, 8]}"#,
                posts: ["pop", "pop_2", "pop_3", "pop_4"].map { single($0) },
                projections: [
                    listed("pop", "[]", synapse("StructuralStatic", "1.0", keeps, 5, 2)),
                    listed("pop_2", "[[0, 0]]", synapse("StructuralStatic", "0.0", goes, 5, 2)),
                    listed("pop_3", "[]", synapse("StructuralSTDP", "1.0", keeps, 2, 5)),
                    listed("pop_4", "[[0, 0]]", synapse("StructuralSTDP", "0.0", goes, 2, 5)),
                    #"{"pre": "pop_3", "post": "pop_4", "connector": {"type": "AllToAll"}, "synapse": {"weight": 1, "#
                        + #""delay": 3}}"#,
                ]), ranks: 2)
        #expect(result.keys.sorted { $0[0] < $1[0] } == [[0, 0, 0, 2], [2, 0, 0, 5]])
        #expect(abs(try #require(result[[0, 0, 0, 2]])[0] - 5) < 0.01)
        // The target has not spiked by then.
        #expect(abs(try #require(result[[2, 0, 0, 5]])[0] - 2) < 0.01)
    }

    /// test_structural_formation_to_full: the input ends after ten steps, and slots are filled from what came last for
    /// long after.
    @Test(arguments: [1, 3]) func everySlotIsFilled(ranks: Int) throws {
        let result = try learn(
            topology(
                duration: 1000, stim: #""size": 4, "parameters": {"spike_times": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"#,
                posts: [#"{"name": "pop", "size": 4, "model": "IF_curr_exp"}"#],
                projections: [
                    listed(
                        "pop", "[]",
                        structural(
                            "StructuralStatic", lastNeuron, formation: #""grid": [2, 2], "p_form_forward": 1.0"#,
                            elimination: #""threshold": 4, \#(never)"#,
                            #""f_rew": 1000, "initial_weight": 4, "initial_delay": 3, "s_max": 4, "seed": 0"#))
                ]), ranks: ranks)
        #expect(result.values.reduce(0) { $0 + $1.count } == 16)
        #expect(result.values.allSatisfy { $0.allSatisfy { $0 == 4 } })
    }

    private func eliminating(_ duration: Int) -> String {
        topology(
            duration: duration, stim: #""size": 9, "parameters": {"spike_times": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"#,
            posts: [#"{"name": "pop", "size": 9, "model": "IF_curr_exp", "neurons_per_core": 5}"#],
            projections: [
                #"{"pre": "stim", "post": "pop", "connector": {"type": "AllToAll"}, "record": ["rewiring"], "#
                    + #""synapse": "#
                    + structural(
                        formation: #""grid": [3, 3], "p_form_forward": 0.0"#,
                        elimination: #""threshold": 4, \#(always)"#,
                        #""f_rew": 1000, "initial_weight": 4, "initial_delay": 3, "s_max": 9, "seed": 0"#) + "}"
            ])
    }

    /// test_structural_elimination_to_empty and test_clear_data.
    ///
    /// The first of 81 synapses to go is that from 8 to 5; ten go in the first ten steps and ten in the next. The
    /// chip's generators with sPyNNaker's seeds lead there.
    @Test(arguments: [1, 2]) func synapsesGoInTheMachinesOrder(ranks: Int) throws {
        func left(_ steps: Int) throws -> Set<[Int]> { Set(try learn(eliminating(steps), ranks: ranks).keys) }
        let all = Set((0..<9).flatMap { source in (0..<9).map { [0, source, $0, 1] } })
        #expect(try all.subtracting(left(1)) == [[0, 8, 5, 1]])
        #expect(try left(10).count == 71)
        #expect(try left(20).count == 61)
        #expect(try left(1000).isEmpty)
        let folder = try TemporaryFolder()
        let summary = try emulate(eliminating(1000), ranks: ranks, in: folder)
        #expect(
            summary.rewiring == [
                RewiringReport(file: "rewiring/stim-to-pop.h5", projection: "stim->pop", formed: 0, eliminated: 81)
            ])
        let events = try rewiring("stim-to-pop", in: folder)
        #expect(events.count == 81 && events.first == [0, 8, 5, 0])
        #expect(events.filter { $0[0] < 10 }.count == 10 && events.filter { $0[0] < 20 }.count == 20)
        // Each of the 1000 attempts looked at a row of some core.
        let script = """
            import sqlite3, sys
            query = "SELECT SUM(the_value) FROM core_provenance WHERE description = 'Number_of_rewires'"
            print(int(sqlite3.connect(sys.argv[1]).execute(query).fetchone()[0]))
            """
        let rewires = try Command.run(["python3", "-c", script, folder.path("run/provenance.sqlite3")])
        #expect(rewires.output == "1000\n", "\(rewires.errors)")
    }
}

// MARK: - An independent model

/// Rewiring as a person would write it down: rows and slots of each core as lists.
private struct PlainRewiring {
    struct Synapse {
        var source: Int
        var target: Int
        var delay: Int
        var weight: Double
    }

    var cores: [Range<Int>]
    var size: Int
    var sources: [Int]
    var grid = (4, 5)
    var (peak, sigma) = (0.5, 2.0)
    var (low, high) = (0.3, 0.3)
    var threshold = 1.0
    var initialWeight = 2.0
    var delays = 2..<2
    var most = 6
    var withReplacement = true
    var every = 1
    var inAStep = 1
    var buffer = 64
    var seed: UInt64 = 9
    /// Spikes of sources without such a projection by step, and the targets of each source.
    var foreign: [[Int]] = []
    var foreignTargets: [Set<Int>] = []

    /// By core and source projection: rows by source.
    private(set) var rows: [[[[Synapse]]]] = []
    private(set) var events: [[Int]] = []

    init(cores: [Range<Int>], size: Int, sources: [Int]) {
        self.cores = cores
        self.size = size
        self.sources = sources
    }

    /// Runs `steps` steps from the synapses of each projection.
    ///
    /// - Parameter spikes: `[projection][step]`, ascending, for `LastNeuronSelection`; empty: `RandomSelection`.
    mutating func run(_ steps: Int, from first: [[Synapse]], spikes: [[[Int]]] = []) {
        let philox = Philox4x32(key: seed)
        func generator(_ place: Int) -> KISS64 { KISS64(validatingSeed: philox.block(UInt32(place), 0, 1, 7)) }
        var shared = generator(0)
        var own = cores.indices.map { generator($0 + 1) }
        func draw(_ kiss: inout KISS64, _ n: Int) -> Int { Int(Double(kiss.next()) * Double(n) / 4_294_967_296) }
        rows = cores.map { _ in sources.map { Array(repeating: [], count: $0) } }
        var slots = Array(repeating: Array(repeating: (Int, Int)?.none, count: most), count: size)
        for target in 0..<size {
            let core = cores.firstIndex { $0.contains(target) } ?? 0
            var mine: [(Int, Int)] = []
            for (projection, synapses) in first.enumerated() {
                let here = synapses.filter { $0.target == target }.sorted { $0.source < $1.source }
                for synapse in here {
                    rows[core][projection][synapse.source].append(synapse)
                    mine.append((projection, synapse.source))
                }
            }
            for (i, entry) in mine.enumerated() { slots[target][most - mine.count + i] = entry }
        }
        var heard = Array(repeating: [[(Int, Int)?]](repeating: [], count: 2), count: cores.count)
        for step in 0..<steps {
            for _ in 0..<((step + 1) % every == 0 ? inAStep : 0) {
                let target = draw(&shared, size)
                let core = cores.firstIndex { $0.contains(target) } ?? 0
                let slot = draw(&own[core], most)
                if let (projection, source) = slots[target][slot] {
                    guard let i = rows[core][projection][source].firstIndex(where: { $0.target == target }) else {
                        continue
                    }
                    let p = rows[core][projection][source][i].weight < threshold ? low : high
                    guard Double(own[core].next()) <= (p * 4_294_967_295).rounded(.down) else { continue }
                    rows[core][projection][source].swapAt(i, rows[core][projection][source].count - 1)
                    rows[core][projection][source].removeLast()
                    slots[target][slot] = nil
                    events.append([step, projection, source, target, 0])
                } else {
                    var (projection, source) = (0, 0)
                    if spikes.isEmpty {
                        projection = draw(&own[core], sources.count)
                        source = draw(&own[core], sources[projection])
                    } else {
                        let pool = heard[core][(step + 1) % 2]
                        if pool.isEmpty { continue }
                        guard let partner = pool[draw(&own[core], pool.count)] else { continue }
                        (projection, source) = partner
                    }
                    let row = rows[core][projection][source]
                    if row.count >= most { continue }
                    if !withReplacement && row.contains(where: { $0.target == target }) { continue }
                    func apart(_ a: Int, _ b: Int, _ length: Int) -> Int { min(abs(a - b), length - abs(a - b)) }
                    let x = apart(source / grid.0, target / grid.0, grid.0)
                    let y = apart(source % grid.1, target % grid.1, grid.1)
                    let p = (peak * exp(-Double(x * x + y * y) / (2 * sigma * sigma)) * 65535).rounded(.down)
                    // The machine's table ends where probabilities do; nothing in these tests is near its end.
                    guard p > 0, Double(draw(&own[core], 65535)) <= p else { continue }
                    let delay = delays.lowerBound + draw(&own[core], delays.count)
                    rows[core][projection][source].append(
                        Synapse(source: source, target: target, delay: delay, weight: initialWeight))
                    slots[target][slot] = (projection, source)
                    events.append([step, projection, source, target, 1])
                }
            }
            for (core, slice) in cores.enumerated() {
                var now = spikes.enumerated().flatMap { place, trains in trains[step].map { (place, $0) as (Int, Int)? }
                }
                for source in foreign.isEmpty ? [] : foreign[step] where !foreignTargets[source].isDisjoint(with: slice)
                {
                    now.append(nil)
                }
                if !now.isEmpty { heard[core][step % 2] = Array(now.prefix(buffer)) }
            }
        }
    }

    /// Weights by (projection, source, target, delay).
    var synapses: [[Int]: [Double]] {
        var all: [[Int]: [Double]] = [:]
        for core in rows {
            for (projection, rows) in core.enumerated() {
                for synapse in rows.joined() {
                    all[[projection, synapse.source, synapse.target, synapse.delay], default: []].append(synapse.weight)
                }
            }
        }
        return all.mapValues { $0.sorted() }
    }
}

@Suite(.timeLimit(.minutes(5))) struct StructuralTests {
    private let first: [[PlainRewiring.Synapse]] = (0..<2).map { place in
        (0..<20).flatMap { target in
            (0..<2).map {
                PlainRewiring.Synapse(
                    source: (target * 3 + $0 * 7 + place) % [20, 15][place], target: target, delay: 3,
                    weight: $0 == 0 ? 0.5 : 1.5)
            }
        }
    }

    /// Two sources, of which neurons `i` spike every `5 + i` and `4 + i` steps.
    private static let trains: [[[Int]]] = [20, 15].enumerated().map { place, count in
        (0..<200).map { step in (0..<count).filter { step < 90 && step % (5 + $0 - place) == 0 } }
    }

    private func network(
        _ selection: String, _ mechanism: String, cores: Int = 7, duration: Int = 150, _ more: String = ""
    ) -> String {
        let synapse = structural(
            "StructuralStatic", selection,
            formation: #""grid": [4, 5], "p_form_forward": 0.5, "sigma_form_forward": 2"#,
            elimination: #""threshold": 1, "prob_elim_depressed": 0.6, "prob_elim_potentiated": 0.3"#,
            #""initial_weight": 2, "s_max": 6, \#(mechanism)"#)
        func population(_ name: String, _ trains: [[Int]], _ count: Int, _ perCore: Int) -> String {
            let times = (0..<count).map { i in trains.indices.filter { trains[$0].contains(i) } }
            return
                #"{"name": "\#(name)", "size": \#(count), "model": "SpikeSourceArray", "#
                + #""neurons_per_core": \#(perCore), "#
                + #""parameters": {"spike_times": \#(times)}}"#
        }
        func rows(_ place: Int) -> String {
            let rows = first[place].map { "[\($0.source), \($0.target), \($0.weight), \($0.delay)]" }
            return "[\(rows.joined(separator: ", "))]"
        }
        return """
            {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration), "seed": 9},
             "populations": [\(population("a", Self.trains[0], 20, 6)),
              {"name": "E", "size": 20, "model": "IF_curr_exp", "neurons_per_core": \(cores), "record": ["spikes"],
               "parameters": {"i_offset": 0.8}},
              \(population("b", Self.trains[1], 15, 20))],
             "projections": [\(listed("E", rows(0), synapse, pre: "a", more)), \
             \(listed("E", rows(1), synapse, pre: "b", more))]}
            """
    }

    private func plain(cores: Int = 7) -> PlainRewiring {
        var plain = PlainRewiring(
            cores: stride(from: 0, to: 20, by: cores).map { $0..<min(20, $0 + cores) }, size: 20, sources: [20, 15])
        (plain.low, plain.high) = (0.6, 0.3)
        return plain
    }

    @Test(arguments: [1, 2, 3, 7, 16]) func anyPartnerIsTriedAsInThePlainModel(ranks: Int) throws {
        var plain = plain()
        plain.delays = 2..<6
        plain.inAStep = 7
        plain.run(150, from: first)
        let events = plain.events.map { $0[4] }.reduce(into: [0, 0]) { $0[$1] += 1 }
        #expect(events[0] > 100 && events[1] > 100)
        let result = try learn(network(random, #""f_rew": 7000, "initial_delay": [2, 6]"#), ranks: ranks)
        #expect(result == plain.synapses)
    }

    @Test(arguments: [1, 3]) func pairsAreJoinedOnce(ranks: Int) throws {
        var plain = plain(cores: 20)
        plain.delays = 2..<3
        plain.inAStep = 7
        plain.withReplacement = false
        plain.run(150, from: first)
        let result = try learn(
            network(random, #""f_rew": 7000, "initial_delay": 2, "with_replacement": false"#, cores: 20), ranks: ranks)
        #expect(result == plain.synapses)
        #expect(result.values.allSatisfy { $0.count == 1 })
    }

    @Test func slowRewiringWaitsForWholePeriods() throws {
        var plain = plain()
        plain.delays = 2..<3
        plain.every = 3
        plain.run(150, from: first)
        #expect(plain.events.count > 5)
        #expect(try learn(network(random, #""f_rew": 300, "initial_delay": 2"#)) == plain.synapses)
    }

    @Test(arguments: [(1, 64), (2, 64), (3, 4), (7, 64), (16, 4)]) func lateSpikesAreTriedAsInThePlainModel(
        ranks: Int, buffer: Int
    ) throws {
        var plain = plain()
        plain.delays = 2..<3
        plain.inAStep = 5
        plain.buffer = buffer
        plain.run(150, from: first, spikes: Self.trains)
        #expect(plain.events.count > 100)
        let selection = #""type": "LastNeuronSelection", "spike_buffer_size": \#(buffer)"#
        let result = try learn(
            network(selection, #""f_rew": 5000, "initial_delay": 2"#), ranks: ranks, singleSteps: ranks == 2)
        #expect(result == plain.synapses)
    }

    /// Spikes of other sources are heard where they have a synapse, and nothing forms from them.
    @Test(arguments: [1, 4]) func otherSpikesTakePlaces(ranks: Int) throws {
        var plain = plain()
        plain.delays = 2..<3
        plain.inAStep = 5
        plain.foreign = (0..<200).map { step in step < 140 ? (0..<6).filter { (step + $0) % 3 == 0 } : [] }
        // Onto one core each, onto two, and onto none.
        plain.foreignTargets = [[0], [8, 9], [19], [3, 12], [], [1, 7, 15]]
        plain.run(150, from: first, spikes: Self.trains)
        #expect(plain.events.count > 80)
        let times = (0..<6).map { i in (0..<200).filter { plain.foreign[$0].contains(i) } }
        let rows = plain.foreignTargets.enumerated().flatMap { i, targets in targets.sorted().map { "[\(i), \($0)]" } }
        let text = network(lastNeuron, #""f_rew": 5000, "initial_delay": 2"#)
        let end = try #require(text.range(of: "],\n \"projections\": ["))
        let other = text.replacingCharacters(
            in: end,
            with: #", {"name": "c", "size": 6, "model": "SpikeSourceArray", "parameters": {"spike_times": \#(times)}}"#
                + "],\n \"projections\": [")
        let last = try #require(other.range(of: "]}", options: .backwards))
        let fixed = listed("E", "[\(rows.joined(separator: ", "))]", #"{"weight": 0.1, "delay": 2}"#, pre: "c")
        #expect(
            try learn(other.replacingCharacters(in: last, with: ", \(fixed)]}"), ranks: ranks) == plain.synapses)
    }

    // MARK: - Recording

    /// Events, and the synapses there are at times and at the end, are those of the plain model; a run starts from what
    /// another ended with.
    @Test(arguments: [1, 2, 3, 7, 16]) func recordsWhatHappens(ranks: Int) throws {
        let mechanism = #""f_rew": 7000, "initial_delay": [2, 6]"#
        let folder = try TemporaryFolder()
        let summary = try emulate(
            network(
                random, mechanism,
                #", "record": {"rewiring": true, "weights": {"interval": 60}}"#),
            ranks: ranks, in: folder)
        var all = plain()
        (all.delays, all.inAStep) = (2..<6, 7)
        all.run(150, from: first)
        for (number, name) in ["a-to-E", "b-to-E"].enumerated() {
            let own = all.events.filter { $0[1] == number }.map { [$0[0], $0[2], $0[3], $0[4]] }
            // Of a step ascending by target, and each target's in their order.
            let order = own.indices.sorted { (own[$0][0], own[$0][2], $0) < (own[$1][0], own[$1][2], $1) }
            #expect(try rewiring(name, in: folder) == order.map { own[$0] })
            #expect(summary.rewiring[number].formed == own.count { $0[3] == 1 })
            #expect(summary.rewiring[number].eliminated == own.count { $0[3] == 0 })
            let edges = "edges/\(name)/"
            let samples = "\(edges)samples/"
            let file = "weights/\(name).h5"
            #expect(try columns(file, [samples + "time"], in: folder) == [[0], [60], [120], [150]])
            let bounds = try columns(file, [samples + "first"], in: folder).map { Int($0[0]) }
            let fields = ["target_node_id", "source_node_id", "delay", "syn_weight"]
            let synapses = try columns(file, fields.map { samples + $0 }, in: folder)
            for (sample, steps) in [0, 60, 120, 150].enumerated() {
                var plain = plain()
                (plain.delays, plain.inAStep) = (2..<6, 7)
                plain.run(steps, from: first)
                var expected: [[Double]] = []
                for (key, weights) in plain.synapses where key[0] == number {
                    for weight in weights { expected.append([Double(key[2]), Double(key[1]), Double(key[3]), weight]) }
                }
                let found = Array(synapses[bounds[sample]..<bounds[sample + 1]])
                // Those of a pair with one delay stand in the order of their row.
                #expect(
                    found.sorted { $0.lexicographicallyPrecedes($1) }
                        == expected.sorted { $0.lexicographicallyPrecedes($1) })
                #expect(
                    zip(found, found.dropFirst()).allSatisfy { !$1.prefix(3).lexicographicallyPrecedes($0.prefix(3)) })
                guard sample == 3 else { continue }
                let last = try columns(
                    file,
                    [edges + "target_node_id", edges + "source_node_id", edges + "0/delay", edges + "0/syn_weight"],
                    in: folder)
                #expect(last == found)
            }
        }
        let other = try TemporaryFolder()
        if ranks > 1 {
            _ = try emulate(
                network(
                    random, mechanism,
                    #", "record": {"rewiring": true, "weights": {"interval": 60}}"#),
                in: other)
            for name in ["a-to-E", "b-to-E"] {
                for kind in ["weights", "rewiring"] {
                    let files = try [folder, other].map {
                        try Data(contentsOf: URL(fileURLWithPath: $0.path("run/\(kind)/\(name).h5")))
                    }
                    #expect(files[0] == files[1], "\(kind)/\(name)")
                }
            }
        }
    }

    // MARK: - Probabilities

    /// Of many attempts at empty slots, how many joined neurons at each distance.
    @Test(arguments: ["chip", "counter"]) func farNeuronsAreJoinedLessOften(random mode: String) throws {
        let synapse = structural(
            formation: #""grid": [8, 8], "p_form_forward": 0.8, "sigma_form_forward": 1.5"#,
            elimination: #""threshold": 0, \#(never)"#,
            #""f_rew": 200000, "initial_weight": 0.1, "s_max": 256"#)
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 100, "seed": 4, "random": "\(mode)"},
             "populations": [{"name": "a", "size": 64, "model": "SpikeSourceArray", "parameters": {"spike_times": []}},
              {"name": "E", "size": 64, "model": "IF_curr_exp", "neurons_per_core": 32}],
             "projections": [\(listed("E", "[]", synapse, pre: "a"))]}
            """
        func squared(_ a: Int, _ b: Int) -> Int {
            let (x, y) = (abs(a / 8 - b / 8), abs(a % 8 - b % 8))
            return min(x, 8 - x) * min(x, 8 - x) + min(y, 8 - y) * min(y, 8 - y)
        }
        var pairs: [Int: Double] = [:]
        for a in 0..<64 { for b in 0..<64 { pairs[squared(a, b), default: 0] += 1 } }
        var found: [Int: Double] = [:]
        for (key, weights) in try learn(network) { found[squared(key[1], key[2]), default: 0] += Double(weights.count) }
        let total = found.values.reduce(0, +)
        // 20 000 attempts, most at empty slots.
        #expect((1500...4000).contains(total))
        let expected = pairs.map { ($0, $1 * 0.8 * exp(-Double($0) / 4.5)) }
        let sum = expected.reduce(0) { $0 + $1.1 }
        for (distance, share) in expected {
            let mean = total * share / sum
            #expect(abs((found[distance] ?? 0) - mean) <= 5 * mean.squareRoot() + 1, "\(distance)")
        }
    }

    /// Depressed and potentiated synapses go with their probabilities.
    @Test func lightSynapsesGoMoreOften() throws {
        let synapse = structural(
            formation: #""grid": [16, 16], "p_form_forward": 0"#,
            elimination: #""threshold": 1, "prob_elim_depressed": 0.5, "prob_elim_potentiated": 0.1"#,
            #""f_rew": 256000, "s_max": 32"#)
        let rows = (0..<8192).map { "[\($0 / 256), \($0 % 256), \($0 % 2 == 0 ? 0.5 : 1.5), 1]" }
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 32, "seed": 3},
             "populations": [{"name": "a", "size": 32, "model": "SpikeSourceArray", "parameters": {"spike_times": []}},
              {"name": "E", "size": 256, "model": "IF_curr_exp"}],
             "projections": [\(listed("E", "[\(rows.joined(separator: ", "))]", synapse, pre: "a"))]}
            """
        let left = try learn(network).values.joined()
        // One attempt for each slot on average: Poisson numbers of them.
        for (weight, p) in [(0.5, 0.5), (1.5, 0.1)] {
            let share = exp(-p)
            let deviation = (4096 * share * (1 - share)).squareRoot()
            #expect(abs(Double(left.count { $0 == weight }) - 4096 * share) < 5 * deviation, "\(weight)")
        }
    }

    // MARK: - Beside other synapses

    /// With probabilities of zero the synapses are what they would be without the mechanism.
    @Test(arguments: ["Static", "STDP"]) func nothingChangesWithoutAChance(_ kind: String) throws {
        let rule =
            kind == "Static"
            ? ""
            : #", "timing": {"type": "SpikePair", "A_plus": 0.1, "A_minus": 0.05}, "#
                + #""weight_dependence": {"type": "Additive", "w_max": 4}"#
        let rows = (0..<300).map { "[\($0 * 7 % 30), \($0 * 11 % 40), \(1 + Double($0 % 5) * 0.25), \(1 + $0 % 6)]" }
        func network(_ synapse: String) -> String {
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 300, "seed": 3},
             "populations": [{"name": "in", "size": 30, "model": "SpikeSourcePoisson", "parameters": {"rate": 60}},
              {"name": "E", "size": 40, "model": "IF_curr_exp", "neurons_per_core": 15, "record": ["spikes"]}],
             "projections": [\(listed("E", "[\(rows.joined(separator: ", "))]", synapse, pre: "in"))]}
            """
        }
        let folder = try TemporaryFolder()
        let still = network(#"{"type": "\#(kind)"\#(rule)}"#)
        let alone = try emulate(still, in: folder)
        let rewired = network(
            structural(
                "Structural\(kind)", formation: #""p_form_forward": 0, "grid": [5, 8]"#,
                elimination: #""threshold": 1, \#(never)"#, #""s_max": 40\#(rule)"#))
        let with = try emulate(rewired, ranks: 2, in: folder)
        #expect(alone.spikes > 100)
        #expect(with.spikeHash == alone.spikeHash)
        #expect(with.synapses == 300 && with.synapticEvents == alone.synapticEvents)
        if kind == "STDP" { #expect(try learn(rewired, ranks: 3) == learn(still)) }
    }

    /// Chosen partners, learning weights, recurrent and fast: the same on any ranks, however steps are exchanged.
    ///
    /// Keys are given, since the last neuron of a step is the one with the highest key.
    private static func busy(_ random: String, _ more: String = "") -> String {
        let rule =
            #""timing": {"type": "SpikePair", "A_plus": 0.2, "A_minus": 0.15}, "#
            + #""weight_dependence": {"type": "Additive", "w_max": 3}"#
        func synapse(_ sigma: Double) -> String {
            structural(
                "StructuralSTDP", lastNeuron,
                formation:
                    #""grid": [7, 10], "p_form_forward": 0.9, "sigma_form_forward": \#(sigma), "p_form_lateral": 0.7"#,
                elimination: #""threshold": 1, "prob_elim_depressed": 0.4, "prob_elim_potentiated": 0.05"#,
                #""f_rew": 9000, "initial_weight": 1.5, "initial_delay": [3, 8], "s_max": 12, "weight": 1.5, "#
                    + #""delay": 4, \#(rule)"#
            )
        }
        return """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 400, "seed": 5, "random": "\(random)"},
             "populations": [
              {"name": "in", "size": 70, "model": "SpikeSourcePoisson", "parameters": {"rate": 50},
               "neurons_per_core": 30,
               "key": {"key": "0x01000000"}},
              {"name": "E", "size": 70, "model": "IF_curr_exp", "neurons_per_core": 9, "record": ["spikes"]\(more),
               "key": {"key": "0x02000000"}},
              {"name": "noise", "size": 70, "model": "SpikeSourcePoisson", "parameters": {"rate": 20},
               "neurons_per_core": 35,
               "key": {"key": "0x03000000"}}],
             "projections": [
              {"pre": "in", "post": "E", "connector": {"type": "FixedNumberPre", "n": 4}, "synapse": \(synapse(2.5)),
               "record": {"rewiring": true, "weights": {"interval": 100, "apply_pending": true}}},
              {"pre": "E", "post": "E", "connector": {"type": "FixedNumberPre", "n": 2}, "synapse": \(synapse(1.5)),
               "record": ["weights", "rewiring"]},
              {"pre": "noise", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.02},
               "synapse": {"weight": 1, "delay": 3}}]}
            """
    }

    @Test(arguments: ["chip", "counter"]) func nothingDependsOnRanksOrWindows(_ random: String) throws {
        let folder = try TemporaryFolder()
        let network = Self.busy(random)
        let one = try emulate(network, in: folder)
        let synapses = try learn(network)
        func files() throws -> [Data] {
            try ["weights/in-to-E", "weights/E-to-E", "rewiring/in-to-E", "rewiring/E-to-E"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.path("run/\($0).h5")))
            }
        }
        let recorded = try files()
        #expect(one.spikes > 300)
        #expect(Set(synapses.keys.map { $0[3] }).isSuperset(of: [3, 4, 5, 6, 7]))
        #expect(try learn(network, singleSteps: true) == synapses)
        for ranks in [2, 3, 7, 16] {
            let other = try emulate(network, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash && other.synapticEvents == one.synapticEvents, "\(ranks) ranks")
            #expect(try learn(network, ranks: ranks) == synapses, "\(ranks) ranks")
            #expect(try files() == recorded, "\(ranks) ranks")
        }
        let split = try emulate(Self.busy(random, #", "n_synapse_cores": 1"#), ranks: 3, in: folder)
        #expect(split.spikeHash == one.spikeHash)
        #expect(try files() == recorded)
    }

    /// What sends weights instead of packets elsewhere sends packets to synapses that come and go.
    @Test func poissonSourcesSendPackets() throws {
        let synapse = structural(
            formation: #""grid": [4, 5]"#, elimination: #""threshold": 1, \#(never)"#,
            #""weight": 2, "f_rew": 100, "initial_weight": 2"#)
        func network(_ more: String, _ synapse: String) -> String {
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 200, "seed": 5},
             "populations": [
              {"name": "in", "size": 20, "model": "SpikeSourcePoisson", "parameters": {"rate": 60},
               "neurons_per_core": 20},
              {"name": "E", "size": 20, "model": "IF_curr_exp", "neurons_per_core": 20, "record": ["spikes"]\(more)}],
             "projections": [{"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse": \(synapse)}]}
            """
        }
        let folder = try TemporaryFolder()
        let whole = try emulate(network("", synapse), in: folder)
        #expect(whole.spikes > 0)
        let split = try emulate(network(#", "n_synapse_cores": 1"#, synapse), in: folder)
        #expect(split.spikeHash == whole.spikeHash && split.packets["sent"] == whole.packets["sent"])
    }

    /// With draws by counters it does not matter which core a neuron is on, be it a range or a block.
    @Test func slicesDoNotMatterToCounters() throws {
        func network(_ perCore: String) -> String {
            let synapse = structural(
                "StructuralStatic", lastNeuron,
                formation: #""grid": [8, 8], "p_form_forward": 0.9, "p_form_lateral": 0.8"#,
                elimination: #""threshold": 1, "prob_elim_potentiated": 0.5"#,
                #""f_rew": 20000, "initial_weight": 2, "initial_delay": [2, 5], "s_max": 40, "with_replacement": false"#
            )
            return """
                {"format": "spinnsim-topology/1", "simulation": {"duration": 200, "seed": 5, "random": "counter"},
                 "populations": [
                  {"name": "in", "size": 64, "model": "SpikeSourcePoisson", "parameters": {"rate": 40},
                   "neurons_per_core": 64},
                  {"name": "E", "shape": [8, 8], "model": "IF_curr_exp", "neurons_per_core": \(perCore)}],
                 "projections": [\(listed("E", "[[0, 1], [7, 63]]", synapse, pre: "in"))]}
                """
        }
        let whole = try learn(network("64"))
        #expect(whole.count > 200)
        #expect(try learn(network("24"), ranks: 2) == whole)
        #expect(try learn(network("[4, 3]"), ranks: 3) == whole)
    }

    // MARK: - What cannot be

    private func failure(_ network: String, ranks: Int = 1) throws -> Failure? {
        let folder = try TemporaryFolder()
        return #expect(throws: Failure.self) { try emulate(network, ranks: ranks, in: folder) }
    }

    @Test func refusesMoreSynapsesThanSlots() throws {
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
             "populations": [{"name": "in", "size": 9, "model": "SpikeSourcePoisson", "parameters": {"rate": 10}},
              {"name": "E", "size": 9, "model": "IF_curr_exp", "neurons_per_core": 3}],
             "projections": [{"pre": "in", "post": "E", "connector": {"type": "AllToAll"}, "synapse":
              \(structural(formation: #""grid": [3, 3]"#, elimination: #""threshold": 1"#, #""s_max": 8"#))}]}
            """
        let failure = try #require(try failure(network, ranks: 3))
        #expect(failure.exitCode == .badInput)
        #expect(
            failure.message.contains("begins with 9 synapses that come and go, more than its s_max of 8"), "\(failure)")
    }

    @Test func refusesDelaysBeyondTheRing() throws {
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
             "machine": {"core": {"ring_buffer_bits": 10}},
             "populations": [{"name": "in", "size": 9, "model": "SpikeSourcePoisson", "parameters": {"rate": 10}},
              {"name": "E", "size": 60, "model": "IF_curr_exp"}],
             "projections": [{"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse":
              \(structural(formation: #""grid": [3, 3]"#, elimination: #""threshold": 1"#, #""initial_delay": 20"#))}]}
            """
        let failure = try #require(try failure(network))
        #expect(failure.exitCode == .badInput)
        #expect(
            failure.message.contains("a delay of 20 steps is longer than the 8 that the cores of E hold"), "\(failure)")
    }

    @Test func refusesRowsThatAreTooLong() throws {
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10}, "machine": {"core": {"row_words": 100}},
             "populations": [{"name": "in", "size": 9, "model": "SpikeSourcePoisson", "parameters": {"rate": 10}},
              {"name": "E", "size": 60, "model": "IF_curr_exp"}],
             "projections": [{"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse":
              \(structural(formation: #""grid": [3, 3]"#, elimination: #""threshold": 1"#, #""s_max": 101"#))}]}
            """
        let failure = try #require(try failure(network))
        #expect(failure.exitCode == .doesNotFit)
        #expect(failure.message.contains("a smaller s_max"), "\(failure)")
    }
}
