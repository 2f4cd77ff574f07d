import ArgumentParser
import Diagnostics
import Emulation
import Foundation
import Topology
import Transport

/// `spinnsim info`: versions of everything that matters, and whether MPI works as started.
struct Info: RankedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints versions and supported models, and checks MPI as this process was started.")

    @Flag(help: "Print one JSON object for programs: protocol, models, rules, connectors.")
    var json = false

    func run(on ranks: MPITransport?) throws {
        let transport: any Transport = ranks ?? InProcessTransport.alone()
        if json {
            if transport.rank == 0 { try Console.output(ProgramInfo.json(versions: Version.all(withMPI: false))) }
            return
        }
        let sum = try transport.reduce([1], .sum)[0]
        if transport.rank == 0 {
            for (name, version) in Version.all(withMPI: true).sorted(by: { $0.key < $1.key }) {
                print("\(name): \(version)")
            }
            let models = CellModel.all
            for (title, isBeyond) in [("models of sPyNNaker", false), ("models beyond sPyNNaker", true)] {
                let names = models.filter { $0.isBeyondSPyNNaker == isBeyond }.map(\.name)
                print("\(title): \(names.joined(separator: ", "))")
            }
            print("plasticity rules of sPyNNaker: \(LearningRules.ofSPyNNaker.joined(separator: ", "))")
            print("structural plasticity of sPyNNaker: \(LearningRules.structural.joined(separator: ", "))")
            print("plasticity rules beyond sPyNNaker: \(LearningRules.beyondSPyNNaker.joined(separator: ", "))")
            print("processors: \(ProcessInfo.processInfo.activeProcessorCount)")
            print("ranks: \(transport.size) on \(transport.hosts) host(s), \(sum) answered")
            if ranks == nil { print("MPI: not started by mpirun; `mpirun -n 2 spinnsim info` checks it") }
        }
    }
}
