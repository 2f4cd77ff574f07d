import Topology

/// A network of several populations on a machine that is asked for.
func sample(_ machine: MachineRequest = MachineRequest(), size: Int = 400, perCore: Int = 20) -> Network {
    let delays: [ParameterValue] = [.number(1), .distribution(.uniform(low: 1, high: 90)), .number(40)]
    return Network(
        name: "sample", simulation: Simulation(duration: 100), machine: machine,
        populations: [
            Population(
                name: "noise", size: size, model: .spikeSourcePoisson, parameters: ["rate": .number(25)],
                neuronsPerCore: perCore),
            Population(name: "A", size: size, model: .ifCurrExp, neuronsPerCore: perCore),
            Population(name: "B", size: size / 2, model: .ifCurrExp, neuronsPerCore: perCore),
        ],
        projections: [
            Projection(
                name: "drive", pre: 0, post: 1, connector: .oneToOne, synapse: Synapse(weight: .number(1))),
            Projection(
                name: "AB", pre: 1, post: 2, connector: .fixedProbability(p: 0.1, allowSelfConnections: true),
                synapse: Synapse(weight: .number(1), delay: delays[1])),
            Projection(
                name: "BA", pre: 2, post: 1, connector: .allToAll(allowSelfConnections: true),
                synapse: Synapse(weight: .number(1), delay: delays[2])),
            Projection(
                name: "AA", pre: 1, post: 1,
                connector: .fixedNumberPre(n: 5, withReplacement: true, allowSelfConnections: true),
                synapse: Synapse(weight: .number(1), delay: delays[0])),
        ])
}
