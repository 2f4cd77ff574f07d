// Reading a file that anyone may have made: nothing outside the file is followed, and nothing is believed that the
// file's own size cannot bear out. Failures name the object.

import CHDF5
package import Diagnostics
import Foundation

extension HDF5File {
    /// Opens the group at `path`.
    package func openGroup(_ path: String) throws(Failure) -> HDF5Handle {
        try requireOwn(path)
        return try handle(H5Gopen2(root.id, path, chdf5_default()), path, close: H5Gclose)
    }

    /// Sees that every part of `path` is there and in this file: no soft, external or other link.
    package func requireOwn(_ path: String) throws(Failure) {
        var part = ""
        for name in path.split(separator: "/") {
            part += "/\(name)"
            guard H5Lexists(root.id, part, chdf5_default()) > 0 else { throw wrong(part, "is missing") }
            var link = H5L_info_t()
            try check(H5Lget_info(root.id, part, &link, chdf5_default()), part)
            switch link.type {
            case H5L_TYPE_HARD: continue
            case H5L_TYPE_SOFT: throw wrong(part, "is a soft link, which is not followed")
            case H5L_TYPE_EXTERNAL: throw wrong(part, "is a link to another file, which is not followed")
            default: throw wrong(part, "is a link of an unknown kind, which is not followed")
            }
        }
    }

    /// Names of the groups in a group, sorted.
    package func groups(in group: String) throws(Failure) -> [String] {
        var groups: [String] = []
        for name in try names(in: group) {
            let path = "\(group)/\(name)"
            try requireOwn(path)
            let object = try handle(H5Oopen(root.id, path, chdf5_default()), path, close: H5Oclose)
            if H5Iget_type(object.id) == H5I_GROUP { groups.append(name) }
        }
        return groups
    }

    /// Which of the groups in a group is meant: the one that is named, or the only one.
    ///
    /// - Parameter kind: what the groups are, such as `populations of edges`.
    /// - Throws: `badInput` with the names there are.
    package func choose(_ named: String?, in group: String, _ kind: String) throws(Failure) -> String {
        let there = try groups(in: group)
        let list = there.prefix(20).map(Self.safe).joined(separator: ", ") + (there.count > 20 ? ", …" : "")
        if let named {
            if there.contains(named) { return named }
            throw wrong(group, "has no population \(Self.safe(named))" + (there.isEmpty ? "" : "; it has \(list)"))
        }
        if there.count == 1 { return there[0] }
        throw wrong(
            group,
            there.isEmpty ? "has no \(kind)" : "has \(there.count) \(kind); choose one with \"population\": \(list)")
    }

    /// A name from a file, safe for a terminal.
    private static func safe(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }

    /// Milliseconds of the unit that the attribute `units` of an object names in words or letters; 1 without one.
    ///
    /// - Returns: a factor and a divisor, one of them 1, so that a conversion rounds once.
    /// - Throws: `badInput` for another unit, by name.
    package func milliseconds(of object: HDF5Handle, _ path: String) throws(Failure) -> (
        factor: Double, divisor: Double
    ) {
        guard H5Aexists(object.id, "units") > 0 else { return (1, 1) }
        guard let units = text("units", of: object) else {
            throw wrong(path, "has units that are no text, and only ms, s and us are read")
        }
        let word = units.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        switch word {
        case "", "ms", "msec", "msecs", "millisec", "millisecs", "millisecond", "milliseconds": return (1, 1)
        case "s", "sec", "secs", "second", "seconds": return (1000, 1)
        case "us", "\u{B5}s", "\u{3BC}s", "usec", "usecs", "microsec", "microsecs", "microsecond", "microseconds":
            return (1, 1000)
        default: throw wrong(path, "has the units \(units), and only ms, s and us are read")
        }
    }

    /// A text attribute; `nil` when absent, of another type or shape, or absurdly long.
    package func text(_ name: String, of object: HDF5Handle) -> String? {
        guard H5Aexists(object.id, name) > 0,
            let attribute = HDF5Handle(H5Aopen(object.id, name, chdf5_default()), close: H5Aclose),
            let space = HDF5Handle(H5Aget_space(attribute.id), close: H5Sclose),
            H5Sget_simple_extent_npoints(space.id) == 1,
            let type = HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose), H5Tget_class(type.id) == H5T_STRING
        else { return nil }
        if H5Tis_variable_str(type.id) > 0 {
            var pointer: UnsafeMutablePointer<CChar>?
            guard H5Aread(attribute.id, type.id, &pointer) >= 0, let pointer else { return nil }
            defer { H5free_memory(pointer) }
            return String(cString: pointer)
        }
        let size = H5Tget_size(type.id)
        guard size > 0, size <= 4096 else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        guard H5Aread(attribute.id, type.id, &bytes) >= 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The name of the value of an attribute of an enumeration of bytes; `nil` when it is none.
    package func member(_ name: String, of object: HDF5Handle) -> String? {
        guard H5Aexists(object.id, name) > 0,
            let attribute = HDF5Handle(H5Aopen(object.id, name, chdf5_default()), close: H5Aclose),
            let space = HDF5Handle(H5Aget_space(attribute.id), close: H5Sclose),
            H5Sget_simple_extent_npoints(space.id) == 1,
            let type = HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose), H5Tget_class(type.id) == H5T_ENUM,
            H5Tget_size(type.id) == 1
        else { return nil }
        var value: UInt8 = 0
        var text = [CChar](repeating: 0, count: 64)
        guard H5Aread(attribute.id, type.id, &value) >= 0,
            H5Tenum_nameof(type.id, &value, &text, text.count) >= 0
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A failure that says what is wrong with `object`.
    package func wrong(_ object: String, _ what: String) -> Failure { Failure(.badInput, "\(path):\(object) \(what)") }
}

extension HDF5Dataset {
    /// The dataset at `path` holds integers without a sign.
    static func isUnsigned(_ path: String, in file: HDF5File) throws(Failure) -> Bool {
        try file.requireOwn(path)
        let handle = try file.handle(H5Dopen2(file.root.id, path, chdf5_default()), path, close: H5Dclose)
        let stored = try file.handle(H5Dget_type(handle.id), path, close: H5Tclose)
        return H5Tget_class(stored.id) == H5T_INTEGER && H5Tget_sign(stored.id) == H5T_SGN_NONE
    }

    /// Largest chunk that is unpacked, bytes.
    private static let chunkLimit = 256 << 20
    /// Filters that are undone: DEFLATE, byte shuffling and Fletcher's checksum; none of them needs a plug-in.
    private static let filters: [H5Z_filter_t] = [1, 2, 3]
    /// DEFLATE makes at most this many bytes of one.
    private static let expansion = 1040

    /// Sees whether a dataset opened to be read holds what it claims: numbers of the wanted kind, in this file, as many
    /// as the file has bytes for.
    func requireSound(
        _ handle: HDF5Handle, extent: [Int], type: HDF5Type, orIntegers: Bool = false
    ) throws(Failure) {
        let stored = try file.handle(H5Dget_type(handle.id), path, close: H5Tclose)
        let size = H5Tget_size(stored.id)
        switch type {
        case .float64, .float32:
            let isFloat = H5Tget_class(stored.id) == H5T_FLOAT && size <= 16
            let isInteger = orIntegers && H5Tget_class(stored.id) == H5T_INTEGER && size <= 8
            guard isFloat || isInteger else {
                throw file.wrong(path, "does not hold \(orIntegers ? "" : "floating-point ")numbers")
            }
        case .int64:
            guard H5Tget_class(stored.id) == H5T_INTEGER, size <= 8 else {
                throw file.wrong(path, "does not hold integers")
            }
        case .uint64, .uint32:
            guard H5Tget_class(stored.id) == H5T_INTEGER, H5Tget_sign(stored.id) == H5T_SGN_NONE, size <= 8 else {
                throw file.wrong(path, "does not hold unsigned integers")
            }
        }
        var bytes = size
        for count in extent {
            let (product, overflows) = bytes.multipliedReportingOverflow(by: count)
            guard !overflows else { throw file.wrong(path, "claims \(extent) elements, more than any file holds") }
            bytes = product
        }
        let properties = try file.handle(H5Dget_create_plist(handle.id), path, close: H5Pclose)
        guard H5Pget_external_count(properties.id) == 0 else {
            throw file.wrong(path, "has its data in other files, which are not read")
        }
        var factor = 1
        switch H5Pget_layout(properties.id) {
        case H5D_COMPACT, H5D_CONTIGUOUS: break
        case H5D_CHUNKED:
            let count = H5Pget_nfilters(properties.id)
            for number in 0..<UInt32(max(0, count)) {
                var flags: UInt32 = 0
                var values = 0
                var options: UInt32 = 0
                let filter = H5Pget_filter2(properties.id, number, &flags, &values, nil, 0, nil, &options)
                guard HDF5Dataset.filters.contains(filter) else {
                    throw file.wrong(path, "is packed by the filter \(filter), which is not read")
                }
            }
            if count > 0 {
                var chunk = [hsize_t](repeating: 0, count: extent.count)
                guard H5Pget_chunk(properties.id, Int32(chunk.count), &chunk) == Int32(chunk.count),
                    chunk.allSatisfy({ $0 <= hsize_t(HDF5Dataset.chunkLimit) }),
                    chunk.reduce(Double(size), { $0 * Double($1) }) <= Double(HDF5Dataset.chunkLimit)
                else { throw file.wrong(path, "is packed in pieces of more than \(HDF5Dataset.chunkLimit) bytes") }
                factor = HDF5Dataset.expansion
            }
        default: throw file.wrong(path, "is put together from other datasets, which is not read")
        }
        let held = Int(clamping: H5Dget_storage_size(handle.id))
        guard held <= file.size, bytes / factor <= held else {
            throw file.wrong(path, "claims \(bytes) bytes of elements; the file holds \(min(held, file.size)) of them")
        }
    }
}
