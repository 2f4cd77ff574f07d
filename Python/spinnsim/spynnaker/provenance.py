"""Provenance by sPyNNaker's name: there is none to read while a script runs."""

from ..pynn.standardmodels.cells import unavailable

_WHY = "counters are in provenance.sqlite3 of the results folder"
ProvenanceReader = unavailable("ProvenanceReader", _WHY, "run with --results DIR")
GlobalProvenance = unavailable("GlobalProvenance", _WHY, "run with --results DIR")
ProvenanceWriter = unavailable("ProvenanceWriter", _WHY, "run with --results DIR")
