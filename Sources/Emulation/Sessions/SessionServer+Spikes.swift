import Diagnostics
import MapReport
import StrictJSON
import Topology
import Transport

// What a client hears of spikes without files; entered by all ranks.
extension SessionServer {
    /// Has the spikes of a population told while the network runs, or no more.
    func listen(_ population: Int, _ on: Bool) throws -> Answer {
        let name = try requireNetwork().session.network.populations[population].name
        if on { heard.insert(population) } else { heard.remove(population) }
        return Answer(members: [("population", .string(name)), ("on", .bool(on))])
    }

    /// Tells the client what has been heard since the last call.
    func tellSpikes() throws(Failure) {
        guard !heard.isEmpty, let served else { return }
        let parts = try transport.gather(served.session.recorder.watch?.take() ?? [])
        guard let socket else { return }
        for spikes in SpikeWatch.merge(parts) {
            let bytes = spikes.neurons.withUnsafeBytes(Array.init)
            socket.send(
                JSONText.object([
                    ("event", .string("spikes")),
                    ("population", .string(served.session.network.populations[spikes.population].name)),
                    ("step", .integer(spikes.step)), ("attachment", .integer(bytes.count)),
                ]).text(), attachment: bytes)
        }
    }

    /// The recorded spikes of each neuron since the network was loaded or reset.
    func count(_ population: Int) throws -> Answer {
        let session = try requireNetwork().session
        let place = session.network.populations[population]
        guard place.recording("spikes") != nil else {
            throw Failure(.usage, "\(place.name) does not record its spikes")
        }
        let parts = try transport.gather(session.recorder.watch?.counted(population: population) ?? [])
        guard isSpeaker else { return Answer() }
        let counts = SpikeWatch.sum(parts, size: place.size)
        return Answer(
            members: [
                ("population", .string(place.name)), ("neurons", .integer(place.size)),
                ("spikes", .integer(counts.reduce(0) { $0 + Int($1) })), ("step", .integer(session.step)),
            ], attachment: counts.withUnsafeBytes(Array.init))
    }
}
