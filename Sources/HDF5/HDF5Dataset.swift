import CHDF5
package import Diagnostics

/// A dataset of one or two dimensions that is written or read in pieces along the first.
package final class HDF5Dataset {
    package let file: HDF5File
    package let path: String
    package let handle: HDF5Handle
    package let type: HDF5Type
    /// Extent by dimension.
    package private(set) var extent: [Int]

    /// Creates an extendible dataset without elements, stored in chunks of `chunk`.
    ///
    /// - Parameter chunk: extent of a chunk by dimension; later dimensions of the dataset are `columns`.
    package init(creating path: String, in file: HDF5File, type: HDF5Type, chunk: [Int], columns: [Int] = [])
        throws(Failure)
    {
        let extent = [0] + columns
        let space = try file.handle(
            H5Screate_simple(
                Int32(extent.count), extent.map { hsize_t($0) }, [chdf5_unlimited()] + columns.map { hsize_t($0) }),
            path, close: H5Sclose)
        let properties = try HDF5Dataset.properties(path, in: file)
        try file.check(H5Pset_chunk(properties.id, Int32(chunk.count), chunk.map { hsize_t(max(1, $0)) }), path)
        handle = try file.handle(
            H5Dcreate2(
                file.root.id, path, type.stored, space.id, chdf5_default(), properties.id, chdf5_default()),
            path, close: H5Dclose)
        self.file = file
        self.path = path
        self.type = type
        self.extent = extent
    }

    /// Creates a dataset of one dimension that holds `values`.
    @discardableResult
    package init<T>(creating path: String, in file: HDF5File, type: HDF5Type, values: [T]) throws(Failure) {
        let space = try file.handle(H5Screate_simple(1, [hsize_t(values.count)], nil), path, close: H5Sclose)
        let properties = try HDF5Dataset.properties(path, in: file)
        handle = try file.handle(
            H5Dcreate2(file.root.id, path, type.stored, space.id, chdf5_default(), properties.id, chdf5_default()),
            path, close: H5Dclose)
        self.file = file
        self.path = path
        self.type = type
        extent = [values.count]
        guard !values.isEmpty else { return }
        let status = values.withUnsafeBytes {
            H5Dwrite(handle.id, type.native, chdf5_all(), chdf5_all(), chdf5_default(), $0.baseAddress)
        }
        try file.check(status, path)
    }

    /// Opens a dataset to read it as `type`.
    ///
    /// - Parameter orIntegers: where floating-point numbers are read, integers will do.
    /// - Throws: `.badInput`, naming the dataset, unless it can be trusted to hold what it claims.
    package init(
        opening path: String, in file: HDF5File, type: HDF5Type, orIntegers: Bool = false
    ) throws(Failure) {
        try file.requireOwn(path)
        let handle = try file.handle(H5Dopen2(file.root.id, path, chdf5_default()), path, close: H5Dclose)
        let space = try file.handle(H5Dget_space(handle.id), path, close: H5Sclose)
        let rank = H5Sget_simple_extent_ndims(space.id)
        guard rank == 1 || rank == 2 else {
            throw Failure(.badInput, "\(file.path):\(path) has \(rank) dimensions, expected 1 or 2")
        }
        var dimensions = [hsize_t](repeating: 0, count: Int(rank))
        try file.check(H5Sget_simple_extent_dims(space.id, &dimensions, nil), path)
        self.handle = handle
        self.file = file
        self.path = path
        self.type = type
        extent = dimensions.map { Int(clamping: $0) }
        try requireSound(handle, extent: extent, type: type, orIntegers: orIntegers)
    }

    /// Without the time of creation, so that equal data give equal files.
    private static func properties(_ path: String, in file: HDF5File) throws(Failure) -> HDF5Handle {
        let properties = try file.handle(H5Pcreate(chdf5_dataset_create()), path, close: H5Pclose)
        try file.check(H5Pset_obj_track_times(properties.id, false), path)
        return properties
    }

    /// Appends rows.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        let row = extent.dropFirst().reduce(type.size, *)
        guard row > 0, bytes.count > 0 else { return }
        let rows = bytes.count / row
        let start = extent[0]
        extent[0] += rows
        try file.check(H5Dset_extent(handle.id, extent.map { hsize_t($0) }), path)
        let (memory, stored) = try select(start, rows)
        try file.check(
            H5Dwrite(handle.id, type.native, memory.id, stored.id, chdf5_default(), bytes.baseAddress), path)
    }

    /// Appends the elements of a dataset of one dimension.
    package func append<T>(_ values: [T]) throws(Failure) {
        var failure: Failure?
        values.withUnsafeBytes { bytes in
            do throws(Failure) { try append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Makes room for rows up to `rows`, which hold zeros until they are written.
    package func extend(to rows: Int) throws(Failure) {
        extent[0] = rows
        try file.check(H5Dset_extent(handle.id, extent.map { hsize_t($0) }), path)
    }

    /// Writes `count` elements of a row, from `column` on.
    package func write(_ bytes: UnsafeRawBufferPointer, row: Int, column: Int, count: Int) throws(Failure) {
        precondition(bytes.count >= type.size * count && extent.count == 2, "a part of a row")
        let stored = try file.handle(H5Dget_space(handle.id), path, close: H5Sclose)
        let size = [1, hsize_t(count)]
        try file.check(
            H5Sselect_hyperslab(
                stored.id, H5S_SELECT_SET, [hsize_t(row), hsize_t(column)], nil, size, nil), path)
        let memory = try file.handle(H5Screate_simple(2, size, nil), path, close: H5Sclose)
        try file.check(
            H5Dwrite(handle.id, type.native, memory.id, stored.id, chdf5_default(), bytes.baseAddress), path)
    }

    /// Reads rows `start..<start + count` into `bytes`.
    package func read(_ start: Int, _ count: Int, into bytes: UnsafeMutableRawBufferPointer) throws(Failure) {
        guard count > 0 else { return }
        precondition(bytes.count >= extent.dropFirst().reduce(type.size, *) * count, "buffer too small")
        let (memory, stored) = try select(start, count)
        try file.check(
            H5Dread(handle.id, type.native, memory.id, stored.id, chdf5_default(), bytes.baseAddress), path)
    }

    private func select(_ start: Int, _ count: Int) throws(Failure) -> (memory: HDF5Handle, stored: HDF5Handle) {
        let stored = try file.handle(H5Dget_space(handle.id), path, close: H5Sclose)
        let from = [hsize_t(start)] + extent.dropFirst().map { _ in 0 }
        let size = [hsize_t(count)] + extent.dropFirst().map { hsize_t($0) }
        try file.check(H5Sselect_hyperslab(stored.id, H5S_SELECT_SET, from, nil, size, nil), path)
        let memory = try file.handle(H5Screate_simple(Int32(size.count), size, nil), path, close: H5Sclose)
        return (memory, stored)
    }
}
