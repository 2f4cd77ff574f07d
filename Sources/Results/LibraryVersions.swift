import CHDF5
import CSQLite

/// Versions of the C libraries that results are written with, as they are at run time.
public enum LibraryVersions {
    public static var hdf5: String {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        HDF5File.prepare()
        return H5get_libversion(&major, &minor, &release) < 0 ? "unknown" : "\(major).\(minor).\(release)"
    }

    public static var sqlite: String { String(cString: sqlite3_libversion()) }
}
