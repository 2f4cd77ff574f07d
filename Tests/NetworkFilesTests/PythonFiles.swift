import Foundation
import TestSupport
import Testing

/// Makes an HDF5 file with h5py: `f` is the file, `np` NumPy.
func makeFile(_ script: String, at path: String) throws {
    let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
    let program = "import h5py, numpy as np, sys\nf = h5py.File(sys.argv[1], 'w')\n" + script + "\nf.close()"
    let result = try Command.run([python, "-c", program, path])
    try #require(result.status == 0, "\(result.errors)")
}
