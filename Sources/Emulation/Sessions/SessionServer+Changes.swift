import Diagnostics
import MapReport
import StrictJSON
import Topology

// Requests that change the network; entered by all ranks.
extension SessionServer {
    func apply(_ document: SessionRequest.Document, _ folder: String?) throws -> Answer {
        let session = try requireNetwork().session
        let text = try fetch(document)
        let changes = try ChangesReader.read(
            bytes: text, file: Self.file(document, folder, name: "changes"), of: session.plannedNetwork,
            from: session.step)
        let (prepared, warnings) = try session.prepare(changes)
        isFatal = true
        try session.schedule(prepared)
        isFatal = false
        return Answer(
            members: [("step", .integer(session.step))]
                + (warnings.isEmpty ? [] : [("warnings", .array(warnings.map { .string($0) }))]))
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
        try session.apply(PreparedChange(change: change))
        return Answer(members: [("step", .integer(session.step))])
    }

    /// The late spikes since the last call.
    func takeLate() -> Int {
        defer { late = 0 }
        return late
    }
}
