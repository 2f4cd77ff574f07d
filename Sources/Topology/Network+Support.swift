import Diagnostics

extension Network {
    /// Refuses what the grammar knows and the program cannot run yet.
    ///
    /// - Throws: `Failure` with exit code 65, naming the first such setting, population or projection.
    public func requireSupported() throws(Failure) {
        if simulation.random == .counter {
            throw Self.unsupported("\"random\": \"counter\"", "chip")
        }
        for population in populations where !population.model.isSupported {
            throw Self.unsupported("population \(population.name): the model \(population.model.name)", Self.models)
        }
        for projection in projections {
            if case .unsupported(let type) = projection.connector {
                throw Self.unsupported("projection \(projection.name): the connector \(type)", Self.connectors)
            }
            switch projection.synapse.plasticity {
            case .static: break
            case .stdp: throw Self.unsupported("projection \(projection.name): the synapse type STDP", "Static")
            }
        }
    }

    private static func unsupported(_ what: String, _ supported: String?) -> Failure {
        Failure(.badInput, "\(what) is not supported yet" + (supported.map { "; supported: \($0)" } ?? ""))
    }

    private static var models: String { CellModel.all.filter(\.isSupported).map(\.name).joined(separator: ", ") }

    private static let connectors =
        "AllToAll, OneToOne, FixedProbability, FixedNumberPre, FixedNumberPost, FixedTotalNumber, FromList"
}
