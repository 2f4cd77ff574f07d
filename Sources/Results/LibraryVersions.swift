import CSQLite
import HDF5

/// Versions of the C libraries that results are written with, as they are at run time.
public enum LibraryVersions {
    public static var hdf5: String { HDF5Library.version }

    public static var sqlite: String { String(cString: sqlite3_libversion()) }
}
