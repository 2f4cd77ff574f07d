import Diagnostics
import Foundation
import Mapping
import Results
import Topology
import Transport

extension Run {
    /// Opens the state to go on from, on every rank, if there is one.
    ///
    /// - Throws: The agreed failure, the same on every rank: the file is damaged or of another run.
    func openState(_ input: RunInput) throws(Failure) -> StateFileReader? {
        guard let path = options.resumed else { return nil }
        let state = try openState(path, input, mapping: nil)
        return try transport.phase {
            guard state.header.step <= input.network.simulation.steps else {
                throw Failure(
                    .badInput,
                    "\(path) is the state at \(milliseconds(state.header.step, input.network)) ms, but the run ends at "
                        + "\(input.network.simulation.duration) ms; give a longer --duration")
            }
            return state
        }
    }

    /// Opens a state for a network that is loaded, on every rank.
    ///
    /// - Throws: The agreed failure, the same on every rank: the file is damaged or of another run.
    func openState(_ path: String, of session: Session) throws(Failure) -> StateFileReader {
        try openState(path, session.input, mapping: session.mapped.mapping)
    }

    private func openState(_ path: String, _ input: RunInput, mapping: Mapping?) throws(Failure) -> StateFileReader {
        // Damage is found, and said, before the others look into the file.
        try transport.phase { if isSpeaker { _ = try StateFileReader(path, verifying: true) } }
        return try transport.phase {
            let state = try StateFileReader(path, verifying: false)
            var run = stateHeader(input, mapping: mapping, step: state.header.step)
            if mapping == nil { run.coresSHA256 = state.header.coresSHA256 }
            try state.header.require(matching: run, path: path)
            return state
        }
    }

    /// Takes a state in place of that before the first step.
    ///
    /// - Throws: The agreed failure, the same on every rank.
    func resume(_ session: Session, from state: StateFileReader) throws(Failure) {
        try transport.phase {
            let run = stateHeader(session.input, mapping: session.mapped.mapping, step: state.header.step)
            try state.header.require(matching: run, path: state.path)
        }
        do throws(Failure) {
            try session.restore(at: state.header.step, from: state)
        } catch { throw Failure(error.exitCode, "\(state.path): \(error.message)") }
        log.info("resumed  \(state.path) at \(milliseconds(state.header.step, session.network)) ms")
    }

    /// What a state saved by this run says of it.
    ///
    /// - Parameter mapping: `nil` before the network is mapped.
    func stateHeader(_ input: RunInput, mapping: Mapping?, step: Int) -> StateHeader {
        let folder = URL(fileURLWithPath: options.output ?? "\(input.network.name).results").path
        let cores = mapping.map { mapping in
            mapping.cores.map { "\($0.role) \($0.population) \($0.slice) \($0.delaySlots)\n" }.joined()
        }
        return StateHeader(
            name: input.network.name, version: options.versions["spinnsim"] ?? "",
            topologySHA256: input.sha256, coresSHA256: cores.map { SHA256.hex(of: $0.utf8) } ?? "",
            seed: input.network.simulation.seed, timestep: input.network.simulation.timestep, step: step,
            folder: folder)
    }

    /// Where the run saves its state; `nil`: nowhere.
    func makeCheckpoints(_ session: Session) throws(Failure) -> Checkpoints? {
        guard let file = options.stateFile else { return nil }
        let simulation = session.network.simulation
        let until = try steps(options.until, "--until", simulation)
        if let until, until > simulation.steps || until < session.step {
            throw Failure(
                .usage,
                "--until \(options.until ?? 0) ms is not between the run's begin and its end, "
                    + "\(milliseconds(session.step, session.network)) ms and \(simulation.duration) ms")
        }
        let input = session.input
        let mapping = session.mapped.mapping
        return Checkpoints(
            file, of: session, header: { stateHeader(input, mapping: mapping, step: $0) },
            interval: try steps(options.checkpointInterval, "--checkpoint-every", simulation), until: until,
            deadline: options.maxHours.map { began &+ UInt64($0 * 3600e9) })
    }

    private func steps(_ time: Double?, _ option: String, _ simulation: Simulation) throws(Failure) -> Int? {
        guard let time else { return nil }
        let steps = (time / simulation.timestep).rounded()
        guard steps < 4e9, abs(steps * simulation.timestep - time) <= 1e-6 * simulation.timestep else {
            throw Failure(
                .usage, "\(option) \(time) ms is not a whole number of time steps of \(simulation.timestep) ms")
        }
        return Int(steps)
    }

    private func milliseconds(_ step: Int, _ network: Network) -> Double {
        Double(step) * network.simulation.timestep
    }

    /// Leaves a run that has stopped before its end: its logs stay where they are.
    ///
    /// - Throws: `stoppedEarly` on every rank, if the stop was not the one planned.
    func leave(_ session: Session, isEarly: Bool) throws(Failure) {
        let file = options.stateFile ?? ""
        let message =
            "stopped at \(milliseconds(session.step, session.network)) of \(session.network.simulation.duration) ms "
            + "with the state in \(file); to go on: spinnsim run \(options.file) --resume \(file)"
            + (options.output.map { " -o \($0)" } ?? "")
            + (options.seed.map { " --seed \($0)" } ?? "")
            + (options.duration.map { " --duration \($0)" } ?? "")
        guard isEarly else {
            log.info(message)
            try transport.phase { if isSpeaker { try log.close() } }
            return
        }
        try transport.phase { if isSpeaker { try log.close() } }
        transport.hasAgreedOnFailure = true
        throw Failure(.stoppedEarly, message)
    }
}
