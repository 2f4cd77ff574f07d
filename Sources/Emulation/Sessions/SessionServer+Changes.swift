import Diagnostics
import MapReport
import Topology

// Requests that change the network; entered by all ranks.
extension SessionServer {
    func apply(_ document: SessionRequest.Document, _ folder: String?) throws -> Answer {
        let session = try requireNetwork().session
        let text = try fetch(document)
        session.schedule(
            try ChangesReader.read(
                bytes: text, file: Self.file(document, folder, name: "changes"), of: session.plannedNetwork,
                from: session.step))
        return Answer(members: [("step", .integer(session.step))])
    }

    /// Has sources spike in the next step, or at one that is named; one that is over counts as late.
    func inject(_ population: Int, _ indices: [Int], _ step: Int?) throws -> Answer {
        let session = try requireNetwork().session
        if let step, step < session.step { late += indices.count }
        session.inject(population: population, indices, step: max(step ?? session.step, session.step))
        return Answer(members: [("step", .integer(session.step))])
    }

    func setRates(_ population: Int, _ rates: ParameterValue) throws -> Answer {
        let session = try requireNetwork().session
        var change = NetworkChange(step: session.step)
        change.parameters = [
            NetworkChange.Parameters(population: population, neurons: .all, values: ["rate": rates])
        ]
        session.apply(change)
        return Answer(members: [("step", .integer(session.step))])
    }

    /// The late spikes since the last call.
    func takeLate() -> Int {
        defer { late = 0 }
        return late
    }
}
