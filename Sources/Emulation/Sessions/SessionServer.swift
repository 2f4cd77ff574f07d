public import Diagnostics
import Foundation
import MapReport
import Results
import StrictJSON
import Topology
public import Transport

/// Does what one client asks of a network that stays alive, on every rank of a transport.
///
/// Rank 0 has the client's socket. Every request goes to all ranks, which read it alike and act together; between
/// requests they wait without burning a processor. A request that cannot be done changes nothing and is answered with
/// an error; a failure in the midst of a run ends the session.
public final class SessionServer {
    /// An answer beside the request's name.
    struct Answer {
        var members: [(String, JSONText)] = []
        var attachment: [UInt8] = []
        var isLast = false
    }

    let options: RunOptions
    let transport: any Transport
    let socket: FrameSocket?
    let control: RunControl
    let folder: SessionFolder
    /// What the handshake says of the program.
    let program: [(String, JSONText)]
    var served: ServedNetwork?
    /// What is thrown ends the session.
    var isFatal = false
    /// Numbers of the populations whose spikes are told while the network runs.
    var heard: Set<Int> = []
    /// Spikes that were to be injected into steps that are over.
    var late = 0
    var isSpeaker: Bool { transport.rank == 0 }

    /// Makes the session's folder; entered by all.
    ///
    /// - Parameters:
    ///   - options: Of all networks that are loaded; the file is the client's to name.
    ///   - socket: On rank 0.
    /// - Throws: The agreed failure.
    public init(
        _ options: RunOptions, socket: FrameSocket?, on transport: any Transport
    ) throws(Failure) {
        self.options = options
        program = ProgramInfo.members(versions: options.versions)
        self.socket = socket
        self.transport = transport
        control = RunControl(transport: transport, socket: socket)
        folder = try SessionFolder(on: transport, socket: socket?.path)
    }

    /// Makes the process one that serves: SIGINT and SIGUSR2 stop a run, and a client that goes ends it in any case.
    public static func ownProcess() {
        Interrupt.watch()
        HangUpWatch.isWanted = true
    }

    /// Serves the client until it goes or says so; entered by all.
    ///
    /// - Throws: The agreed failure that ended the session; the client has been told.
    public func serve() throws(Failure) {
        defer {
            folder.remove()
            socket?.end()
        }
        try transport.phase { try socket?.accept() }
        if let socket, HangUpWatch.isWanted { HangUpWatch.start(socket.descriptor) }
        while let frame = try nextFrame() {
            isFatal = false
            let head = SessionRequestHead(frame.json)
            HangUpWatch.isBusy = true
            defer { HangUpWatch.isBusy = false }
            do {
                let request = try SessionRequest.read(
                    json: frame.json, attachment: frame.attachment, network: served?.session.changedNetwork)
                let answer = try perform(request.command)
                reply(head, answer)
                if answer.isLast { return }
            } catch {
                let problem = SessionError(error)
                send(head, [("error", problem.json)] + (isFatal ? [("fatal", .bool(true))] : []))
                if isFatal { throw Failure(problem.code, problem.message) }
                transport.hasAgreedOnFailure = false
            }
        }
    }

    /// The next request, on all ranks; `nil` when the client has gone.
    private func nextFrame() throws(Failure) -> Frame? {
        var message: [UInt8] = []
        if let socket, let frame = control.takeWaiting() ?? socket.next() { message.append(frame: frame) }
        message = try transport.awaitBroadcast(message, root: 0)
        var at = 0
        return message.isEmpty ? nil : message.frame(at: &at)
    }

    // MARK: - Answers

    private func reply(_ head: SessionRequestHead, _ answer: Answer) {
        // What is fired and forgotten is answered only where an answer is asked for.
        if ["stop", "inject"].contains(head.command) && head.id == nil { return }
        send(head, answer.members, attachment: answer.attachment)
    }

    func send(_ head: SessionRequestHead, _ members: [(String, JSONText)], attachment: [UInt8] = []) {
        guard let socket else { return }
        var all: [(String, JSONText)] = []
        if let command = head.command { all.append(("command", .string(command))) }
        if let id = head.id { all.append(("id", .integer(id))) }
        all += members
        if !attachment.isEmpty { all.append(("attachment", .integer(attachment.count))) }
        socket.send(JSONText.object(all).text(), attachment: attachment)
    }

    // MARK: - Requests

    /// Does what is asked, on all ranks; what it returns counts on rank 0.
    private func perform(_ command: SessionRequest.Command) throws -> Answer {
        switch command {
        case .hello: return hello()
        case .load(let document, let folder, let full, let seed): return try load(document, folder, full, seed)
        case .run(let steps, let realTime): return try run(steps, realTime)
        case .stop: return Answer()
        case .collect(let variables, let since, let forget): return try collect(variables, since, forget)
        case .state(let population, let variables, let neurons): return try state(population, variables, neurons)
        case .edges(let projection, let pending, let file): return try edges(projection, pending, file)
        case .reset(let seed): return try reset(seed)
        case .map: return try map()
        case .report(let folder, let overwrite): return try report(folder, overwrite)
        case .quit: return Answer(isLast: true)
        case .apply(let document, let folder): return try apply(document, folder)
        case .inject(let population, let indices, let step): return try inject(population, indices, step)
        case .rates(let population, let rates): return try setRates(population, rates)
        case .live(let population, let on): return try listen(population, on)
        case .counts(let population): return try count(population)
        case .checkpoint(let file): return try checkpoint(file)
        case .restore(let file): return try restore(file)
        }
    }

    private func hello() -> Answer {
        Answer(
            members: [
                ("ranks", .integer(transport.size)), ("hosts", .integer(transport.hosts)),
                ("folder", .string(folder.path)),
            ] + program)
    }

    /// The loaded network.
    func requireNetwork() throws(Failure) -> ServedNetwork {
        guard let served else { throw Failure(.usage, "no network is loaded; send the request load first") }
        return served
    }

    /// Does a request that acts in the midst of a run.
    func performInRun(_ frame: Frame) {
        let head = SessionRequestHead(frame.json)
        do {
            let request = try SessionRequest.read(
                json: frame.json, attachment: frame.attachment, network: served?.session.changedNetwork)
            reply(head, try perform(request.command))
        } catch {
            send(head, [("error", SessionError(error).json)])
        }
    }

    private func run(_ steps: Int?, _ realTime: Bool) throws -> Answer {
        let served = try requireNetwork()
        let session = served.session
        let most = ServedNetwork.mostSteps - session.step
        guard (steps ?? 0) <= most else {
            throw Failure(.usage, "a session has at most \(ServedNetwork.mostSteps) steps, \(most) more can be run")
        }
        let gate = SessionGate(self, session, control)
        let spikes = session.recorder.spikesRecorded
        let overruns = session.emulation.overruns
        let end = steps.map { session.step + $0 }
        var watch = Stopwatch()
        isFatal = true
        control.begin()
        session.emulation.watch(heard)
        try session.run(steps: steps ?? most, realTime: realTime, gate: gate) { control.progress($0, of: end) }
        try tellSpikes()
        let sums = try transport.reduce(
            [Int64(session.recorder.spikesRecorded - spikes), Int64(session.emulation.overruns - overruns)], .sum)
        isFatal = false
        let stopped: String =
            switch gate.end {
            case nil: "done"
            case .interrupt: "interrupt"
            default: "request"
            }
        return Answer(members: [
            ("step", .integer(session.step)), ("spikes", .integer(Int(sums[0]))), ("seconds", .real(watch.lap())),
            ("stopped", .string(stopped)), ("overruns", .integer(Int(sums[1]))), ("late", .integer(takeLate())),
        ])
    }
}

/// Looks for requests on the way of a run.
final class SessionGate: StepGate {
    private let server: SessionServer
    private let session: Session
    private let control: RunControl
    /// Step of the next look.
    private var look: Int
    private(set) var end: RunControl.End?
    /// Spikes go in or out.
    private let everyStep: Bool

    init(_ server: SessionServer, _ session: Session, _ control: RunControl) {
        self.server = server
        self.session = session
        self.control = control
        everyStep = session.hasInjectors || !server.heard.isEmpty
        look = session.step + (everyStep ? 1 : control.interval)
    }

    func next(from step: Int) -> Int { max(step, min(look, session.scheduled.first?.change.step ?? .max)) }

    func enter(_ step: Int) throws(Failure) -> Bool {
        try session.applyDue(before: step)
        guard step >= look else { return true }
        try server.tellSpikes()
        let found = try control.look(everyStep: everyStep)
        for frame in found.requests { server.performInRun(frame) }
        look = step + control.interval
        end = found.end
        return end == nil
    }
}
