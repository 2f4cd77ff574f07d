"""Cells, synapses and current sources."""
