package import Diagnostics

/// The numbers of a dataset of one dimension, whatever the type they are stored in.
package struct HDF5Numbers {
    private let dataset: HDF5Dataset
    /// Element number, as messages write it.
    package var count: Int { dataset.extent[0] }
    package var path: String { dataset.path }
    package var handle: HDF5Handle { dataset.handle }

    /// Opens a dataset of integers of any size, sign and order of bytes.
    ///
    /// - Throws: `badInput`, naming the dataset.
    package static func integers(_ path: String, in file: HDF5File) throws(Failure) -> HDF5Numbers {
        try HDF5Numbers(path, in: file, try HDF5Dataset.isUnsigned(path, in: file) ? .uint64 : .int64)
    }

    /// Opens a dataset of floating-point numbers or integers of any kind.
    ///
    /// - Throws: `badInput`, naming the dataset.
    package static func reals(_ path: String, in file: HDF5File) throws(Failure) -> HDF5Numbers {
        try HDF5Numbers(path, in: file, .float64)
    }

    private init(_ path: String, in file: HDF5File, _ type: HDF5Type) throws(Failure) {
        dataset = try HDF5Dataset(opening: path, in: file, type: type, orIntegers: true)
        guard dataset.extent.count == 1 else {
            throw file.wrong(path, "has \(dataset.extent.count) dimensions, expected 1")
        }
    }

    /// Integers of a dataset opened as such.
    ///
    /// - Throws: `badInput` for one that does not fit into 64 bits with a sign, naming element and value.
    package func integers(from start: Int = 0, count: Int) throws(Failure) -> [Int] {
        guard dataset.type == .uint64 else { return try values(Int.self, from: start, count: count, zero: 0) }
        let words = try values(UInt64.self, from: start, count: count, zero: 0)
        if let large = words.firstIndex(where: { $0 > UInt64(Int.max) }) {
            throw dataset.file.wrong("\(path)[\(start + large)]", "is \(words[large]), more than \(Int.max)")
        }
        return words.map { Int(truncatingIfNeeded: $0) }
    }

    /// Numbers of a dataset opened as such.
    package func reals(from start: Int = 0, count: Int) throws(Failure) -> [Double] {
        try values(Double.self, from: start, count: count, zero: 0)
    }

    private func values<Value>(_: Value.Type, from start: Int, count: Int, zero: Value) throws(Failure) -> [Value] {
        var values = [Value](repeating: zero, count: count)
        var failure: Failure?
        values.withUnsafeMutableBytes { bytes in
            do throws(Failure) { try dataset.read(start, count, into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }
}
