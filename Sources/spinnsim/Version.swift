import Mapping
import Results
import Transport

/// Versions of this program and of what it stands on.
enum Version {
    static let short = "0.1.0"

    /// By component.
    static func all(withMPI: Bool) -> [String: String] {
        var versions = [
            "spinnsim": short, "swift": swift, "hdf5": LibraryVersions.hdf5, "sqlite": LibraryVersions.sqlite,
            "metis": metisVersion,
        ]
        if withMPI { versions["mpi"] = MPITransport.libraryVersion }
        return versions
    }

    private static var swift: String {
        #if swift(>=6.4)
            "6.4 or later"
        #elseif swift(>=6.3)
            "6.3"
        #else
            "before 6.3"
        #endif
    }
}
