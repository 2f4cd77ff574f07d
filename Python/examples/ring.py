import pyNN.spiNNaker as sim
from pyNN.utility.plotting import Figure, Panel

sim.setup(timestep=1.0)
ring = sim.Population(100, sim.IF_curr_exp(tau_refrac=30.0), label="ring")
start = sim.Population(1, sim.SpikeSourceArray([10.0, 260.0]))
neighbours = [(i, (i + step) % 100, 15.0, 3.0) for i in range(100) for step in (1, -1)]
sim.Projection(start, ring, sim.FromListConnector([(0, 50, 15.0, 1.0), (0, 10, 15.0, 1.0)]))
sim.Projection(ring, ring, sim.FromListConnector(neighbours))
ring.inject(sim.NoisyCurrentSource(mean=0.0, stdev=1.0, start=0.0, stop=500.0))
ring.record(["spikes", "v"])

sim.run(500)
recorded = ring.get_data().segments[0]
spikes = Panel(recorded.spiketrains, yticks=True, markersize=2, xlim=(0, 500))
potential = Panel(
    recorded.filter(name="v")[0][:, 30:31], ylabel="neuron 30, mV", xticks=True, yticks=True, xlabel="ms", xlim=(0, 500)
)
Figure(spikes, potential, title="Waves in a ring put each other out").save("ring.svg")
sim.end()
