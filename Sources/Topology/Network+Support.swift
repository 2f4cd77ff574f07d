import Diagnostics

extension Network {
    /// Refuses what the grammar knows and the program cannot run yet.
    ///
    /// - Throws: `Failure` with exit code 65, naming the first such setting, population, projection or current.
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
        if let current = currents.first, populations.indices.contains(current.population) {
            throw Self.unsupported("the current into population \(populations[current.population].name)", nil)
        }
    }

    private static func unsupported(_ what: String, _ supported: String?) -> Failure {
        Failure(.badInput, "\(what) is not supported yet" + (supported.map { "; supported: \($0)" } ?? ""))
    }

    private static var models: String { CellModel.all.filter(\.isSupported).map(\.name).joined(separator: ", ") }

    private static let connectors =
        "AllToAll, OneToOne, FixedProbability, FixedNumberPre, FixedNumberPost, FixedTotalNumber, FromList"
}
