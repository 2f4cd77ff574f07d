import Diagnostics
import Foundation
import Machine
import MapReport
import Mapping
import NetworkFiles
import Results
import StrictJSON
import Topology
import Transport

// What requests do beside running; entered by all ranks.
extension SessionServer {
    func load(
        _ document: SessionRequest.Document, _ folder: String?, _ full: Bool?, _ seed: UInt64?
    ) throws -> Answer {
        var options = options
        options.file = Self.file(document, folder, name: "topology")
        options.seed = seed ?? options.seed
        if let full { options.results = full ? .full : .data }
        let text = try fetch(document)
        let socket = socket
        let loaded = try ServedNetwork(
            options, text: text, folder: self.folder.next("run"), on: transport,
            progress: { done in
                socket?.offer(
                    JSONText.object([
                        ("event", .string("progress")), ("phase", .string("load")), ("done", .real(done)),
                    ]).text())
            })
        served = loaded
        heard = []
        return Answer(members: isSpeaker ? Self.describe(loaded) : [])
    }

    /// The path by which messages and file references know a document.
    static func file(_ document: SessionRequest.Document, _ folder: String?, name: String) -> String {
        if case .file(let path) = document { return path }
        guard let folder else { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// The text of a document, read by rank 0.
    func fetch(_ document: SessionRequest.Document) throws(Failure) -> [UInt8] {
        switch document {
        case .text(let text): return text
        case .file(let path):
            let mine = try transport.phase { isSpeaker ? try TopologyFile.load(path) : [] }
            return try transport.broadcast(mine, root: 0)
        }
    }

    private static func describe(_ loaded: ServedNetwork) -> [(String, JSONText)] {
        let session = loaded.session
        let network = session.input.network
        let mapping = session.mapped.mapping
        let machine = mapping.machine
        let sources = network.populations.filter(\.model.isSource).reduce(0) { $0 + $1.size }
        let labels = network.projectionFileNames
        var warnings: [JSONText] = session.input.warnings.map { warning in
            .object([
                ("message", .string(warning.message)), ("pointer", .string(warning.pointer)),
                ("file", .string(warning.file)), ("line", .integer(warning.line)),
                ("column", .integer(warning.column)), ("count", .integer(warning.count)),
            ])
        }
        let texts = session.input.findings + session.loaded.warnings + session.changeWarnings
        warnings += texts.map { .object([("message", .string($0))]) }
        return [
            ("name", .string(network.name)),
            ("neurons", .integer(network.populations.reduce(0) { $0 + $1.size } - sources)),
            ("sources", .integer(sources)), ("synapses", .integer(session.synapses)),
            ("timestep", .raw("\(network.simulation.timestep)")),
            ("steps_per_ms", .raw("\(1 / network.simulation.timestep)")), ("steps", .integer(network.simulation.steps)),
            ("seed", .string(String(network.simulation.seed))),
            ("random", .string(network.simulation.random.rawValue)), ("window", .integer(session.loaded.window)),
            (
                "machine",
                .object([
                    ("name", .string(machine.name)), ("width", .integer(machine.width)),
                    ("height", .integer(machine.height)), ("boards", .integer(machine.boards)),
                    ("chips", .integer(machine.chips.count)),
                    ("chips_used", .integer(Set(mapping.cores.map(\.chip)).count)),
                    ("cores", .integer(mapping.cores.count)),
                ])
            ),
            (
                "populations",
                .array(
                    network.populations.map {
                        .object([
                            ("name", .string($0.name)), ("size", .integer($0.size)), ("model", .string($0.model.name)),
                        ])
                    })
            ),
            (
                "projections",
                .array(
                    network.projections.enumerated().map { index, projection in
                        .object([
                            ("name", .string(projection.name)), ("label", .string(labels[index])),
                            ("pre", .string(network.populations[projection.pre].name)),
                            ("post", .string(network.populations[projection.post].name)),
                        ])
                    })
            ),
            ("warnings", .array(warnings)), ("step", .integer(session.step)),
        ]
    }

    func collect(_ variables: [Int: Set<String>]?, _ since: Int?, _ forget: Bool) throws -> Answer {
        let served = try requireNetwork()
        let step = served.session.step
        let since = since ?? served.marks.step
        guard since <= step else {
            throw Failure(.usage, "since is \(since), and the next step is \(step)")
        }
        guard since >= served.forgotten else {
            throw Failure(.usage, "what was recorded before step \(served.forgotten) has been forgotten")
        }
        let place = folder.next("collect")
        let files = try served.collect(LogSelection(into: place, since: since, variables: variables))
        // Every rank has its own marks; those of rank 0 tell what was read.
        served.marks.step = step
        if forget { try served.forget() }
        return Answer(members: [
            ("since", .integer(since)), ("step", .integer(step)),
            ("files", .array(files.map { Self.describe($0, in: place, served.session.network) } ?? [])),
        ])
    }

    private static func describe(_ files: CollectedFiles, in folder: String, _ network: Network) -> [JSONText] {
        var list: [JSONText] = []
        func add(_ kind: String, _ file: String, _ members: [(String, JSONText)]) {
            list.append(.object([("kind", .string(kind)), ("path", .string("\(folder)/\(file)"))] + members))
        }
        if let spikes = files.spikes {
            let counts = network.populations.enumerated().filter { $0.element.recording("spikes") != nil }.map {
                ($0.element.name, JSONText.integer(spikes.perPopulation[$0.offset]))
            }
            add("spikes", "spikes.h5", [("spikes", .object(counts))])
        }
        for report in files.reports {
            add(
                "report", report.file,
                [
                    ("population", .string(report.population)), ("variable", .string(report.variable)),
                    ("samples", .integer(report.samples)), ("neurons", .integer(report.neurons)),
                ])
        }
        for report in files.weights {
            add(
                "weights", report.file,
                [
                    ("projection", .string(report.projection)), ("samples", .integer(report.samples)),
                    ("synapses", .integer(report.synapses)),
                ])
        }
        for report in files.rewiring {
            add(
                "rewiring", report.file,
                [
                    ("projection", .string(report.projection)), ("formed", .integer(report.formed)),
                    ("eliminated", .integer(report.eliminated)),
                ])
        }
        return list
    }

    func state(_ population: Int, _ variables: [String], _ neurons: NeuronSelection) throws -> Answer {
        let session = try requireNetwork().session
        let place = session.network.populations[population]
        let values = try session.state(of: population, variables, neurons)
        return Answer(
            members: [
                ("population", .string(place.name)), ("variables", .array(variables.map { .string($0) })),
                ("neurons", .integer(neurons.indices(size: place.size).count)), ("step", .integer(session.step)),
                ("units", .array(variables.map { .string(place.model.units(of: $0)) })),
            ], attachment: values.withUnsafeBytes(Array.init))
    }

    func edges(_ projection: Int, _ pending: Bool, _ file: String?) throws -> Answer {
        let served = try requireNetwork()
        let made = try served.edges(of: projection, pending: pending, in: folder.next("edges"))
        var path = made.path
        if let file {
            try transport.phase {
                guard isSpeaker else { return }
                try TextFile.copy(made.path, to: file)
            }
            path = file
        }
        return Answer(members: [
            ("projection", .string(served.session.network.projections[projection].name)), ("path", .string(path)),
            ("synapses", .integer(made.synapses)), ("step", .integer(served.session.step)),
        ])
    }

    func reset(_ seed: UInt64?) throws -> Answer {
        let served = try requireNetwork()
        if let seed {
            var options = served.run.options
            options.seed = seed
            let changes = NetworkDifference(of: served.session.resetNetwork, from: served.session.network)
            let loaded = try ServedNetwork(
                options, text: served.text, folder: folder.next("run"), on: transport, progress: { _ in })
            loaded.session.resetNetwork = changes.changing(loaded.session.network)
            try loaded.session.begin()
            self.served = loaded
        } else {
            isFatal = true
            let renewed = try ServedNetwork(renewing: served, at: 0)
            try renewed.session.begin()
            self.served = renewed
            isFatal = false
        }
        return Answer(members: [("step", .integer(0))])
    }

    func checkpoint(_ file: String) throws -> Answer {
        let served = try requireNetwork()
        let session = served.session
        let header = served.run.stateHeader(session.input, mapping: session.mapped.mapping, step: session.step)
        try session.save(to: file, header)
        return Answer(members: [("step", .integer(session.step)), ("file", .string(file))])
    }

    func restore(_ file: String) throws -> Answer {
        let served = try requireNetwork()
        let state = try served.run.openState(file, of: served.session)
        isFatal = true
        let renewed = try ServedNetwork(renewing: served, at: state.header.step)
        try renewed.session.restore(at: state.header.step, from: state)
        self.served = renewed
        isFatal = false
        return Answer(members: [("step", .integer(renewed.session.step))])
    }

    func map() throws -> Answer {
        let session = try requireNetwork().session
        guard let summary = session.mapped.summary else { return Answer() }
        let account = try MappingAccount(session.mapped.mapping, summary, of: session.input.network)
        return Answer(members: [("map", .raw(account.json))])
    }

    func report(_ path: String, _ overwrite: Bool) throws -> Answer {
        let served = try requireNetwork()
        guard served.forgotten == 0 else {
            throw Failure(.usage, "what was recorded before step \(served.forgotten) has been forgotten")
        }
        let summary = try served.report(to: path, overwrite: overwrite)
        return Answer(members: [
            ("path", .string(path)), ("spike_hash", .string(summary.spikeHash)), ("spikes", .integer(summary.spikes)),
            ("step", .integer(served.session.step)),
        ])
    }
}
