// The part of the HDF5 library that results and input files need. The library prints its error stack by itself; that is
// switched off wherever a file is opened (the setting belongs to the thread), every return value is tested, and a
// failure names file and object.

import CHDF5
package import Diagnostics
import Foundation

/// An HDF5 identifier, closed when the last reference goes.
package final class HDF5Handle {
    let id: hid_t
    private let close: (hid_t) -> herr_t
    private var isOpen = true

    /// Takes over `id`; `nil` when the library said it failed.
    init?(_ id: hid_t, close: @escaping (hid_t) -> herr_t) {
        guard id >= 0 else { return nil }
        self.id = id
        self.close = close
    }

    deinit { if isOpen { _ = close(id) } }

    /// Closes now; negative when that fails.
    package func closeNow() -> herr_t {
        guard isOpen else { return 0 }
        isOpen = false
        return close(id)
    }
}

/// An element type, in memory and in files.
package enum HDF5Type {
    case float64, float32, uint64, uint32
    /// Whole numbers of either sign, or without one.
    case int64

    var native: hid_t {
        switch self {
        case .float64: chdf5_native_double()
        case .float32: chdf5_native_float()
        case .uint64: chdf5_native_uint64()
        case .uint32: chdf5_native_uint32()
        case .int64: chdf5_native_int64()
        }
    }

    var stored: hid_t {
        switch self {
        case .float64: chdf5_ieee_f64le()
        case .float32: chdf5_ieee_f32le()
        case .uint64: chdf5_std_u64le()
        case .uint32: chdf5_std_u32le()
        case .int64: chdf5_std_i64le()
        }
    }

    var size: Int {
        switch self {
        case .float64, .uint64, .int64: 8
        case .float32, .uint32: 4
        }
    }
}

/// An open HDF5 file.
package final class HDF5File {
    package let path: String
    package let root: HDF5Handle
    let isWritable: Bool
    /// Bytes of a file that is read.
    package let size: Int

    /// Before any other call of the library.
    ///
    /// Left to itself, the library cleans up when the process exits; after a write that failed, as on a full disk, its
    /// version 1.10 then crashes. Our files are closed one by one, so nothing is left to clean up.
    static func prepare() {
        _ = withoutExitHandler
        _ = chdf5_silence()
    }

    private static let withoutExitHandler = H5dont_atexit()

    /// Creates a file that must not exist.
    ///
    /// - Parameter userBlock: Bytes at the beginning that are the caller's, 0 or a power of two from 512 on.
    package init(creating path: String, userBlock: Int = 0) throws(Failure) {
        HDF5File.prepare()
        let properties = HDF5Handle(H5Pcreate(chdf5_file_create()), close: H5Pclose)
        if let properties, userBlock > 0 { H5Pset_userblock(properties.id, hsize_t(userBlock)) }
        let id = H5Fcreate(path, chdf5_f_acc_excl(), properties?.id ?? chdf5_default(), chdf5_default())
        guard let root = HDF5Handle(id, close: H5Fclose) else {
            let reason = HDF5File.reason()
            let isFull = [ENOSPC, EDQUOT].contains { reason == errnoText($0) }
            throw Failure(isFull ? .outputFailed : .cannotCreate, "cannot create \(path): \(reason)")
        }
        self.path = path
        self.root = root
        isWritable = true
        size = 0
    }

    /// Opens a file to read it.
    package init(reading path: String) throws(Failure) {
        HDF5File.prepare()
        var status = stat()
        guard access(path, R_OK) == 0, stat(path, &status) == 0 else {
            throw Failure(.noInput, "cannot read \(path): \(errnoText())")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.noInput, "cannot read \(path): not a regular file")
        }
        guard let root = HDF5Handle(H5Fopen(path, chdf5_f_acc_rdonly(), chdf5_default()), close: H5Fclose) else {
            throw Failure(.badInput, "\(path) is not an HDF5 file, or it is damaged: \(HDF5File.reason())")
        }
        self.path = path
        self.root = root
        isWritable = false
        size = Int(status.st_size)
    }

    /// Writes what the library still holds back and closes the file; nothing of it may be in use.
    package func close() throws(Failure) {
        if H5Fflush(root.id, H5F_SCOPE_GLOBAL) < 0 { throw failure("") }
        if root.closeNow() < 0 { throw failure("") }
    }

    /// What the library says about its last failure, innermost call first.
    static func reason() -> String {
        final class Text { var value = "" }
        let text = Text()
        let visit: H5E_walk2_t = { _, entry, data in
            if let entry, let data, let description = entry.pointee.desc {
                Unmanaged<Text>.fromOpaque(data).takeUnretainedValue().value = String(cString: description)
            }
            return 1
        }
        H5Ewalk2(hid_t(H5E_DEFAULT), H5E_WALK_UPWARD, visit, Unmanaged.passUnretained(text).toOpaque())
        // The library adds the time, the file and much else; the system's reason is in the middle of it.
        if let start = text.value.range(of: "error message = '"),
            let end = text.value.range(of: "'", range: start.upperBound..<text.value.endIndex)
        {
            return String(text.value[start.upperBound..<end.lowerBound])
        }
        let line = text.value.prefix { !$0.isNewline }
        return line.isEmpty ? "the HDF5 library gives no reason" : String(line)
    }

    /// A failure of the library at `object`.
    package func failure(_ object: String) -> Failure {
        Failure(
            isWritable ? .outputFailed : .badInput,
            "cannot \(isWritable ? "write" : "read") \(path)\(object.isEmpty ? "" : ":\(object)"): \(HDF5File.reason())"
        )
    }

    /// The handle of a call that makes or opens `object`.
    func handle(_ id: hid_t, _ object: String, close: @escaping (hid_t) -> herr_t) throws(Failure) -> HDF5Handle {
        guard let handle = HDF5Handle(id, close: close) else { throw failure(object) }
        return handle
    }

    func check(_ status: herr_t, _ object: String) throws(Failure) {
        if status < 0 { throw failure(object) }
    }

    /// Creates the group at `path`, with the groups above it.
    @discardableResult
    package func createGroup(_ path: String) throws(Failure) -> HDF5Handle {
        var made = ""
        var last: HDF5Handle?
        for part in path.split(separator: "/") {
            made += "/\(part)"
            let exists = H5Lexists(root.id, made, chdf5_default()) > 0
            last = try handle(
                exists
                    ? H5Gopen2(root.id, made, chdf5_default())
                    : H5Gcreate2(root.id, made, chdf5_default(), chdf5_default(), chdf5_default()),
                made, close: H5Gclose)
        }
        return last ?? root
    }

    /// Writes an attribute of one (`scalar`) or several numbers.
    package func setAttribute<T>(
        _ name: String, of object: HDF5Handle, to values: [T], type: HDF5Type, scalar: Bool = false
    ) throws(Failure) {
        var count = hsize_t(values.count)
        let space = try handle(scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nil), name, close: H5Sclose)
        try setAttribute(name, of: object, stored: type.stored, memory: type.native, space: space, values)
    }

    /// Writes a text attribute of variable length.
    package func setAttribute(_ name: String, of object: HDF5Handle, to text: String) throws(Failure) {
        let type = try handle(H5Tcopy(chdf5_c_s1()), name, close: H5Tclose)
        try check(H5Tset_size(type.id, chdf5_variable()), name)
        try check(H5Tset_cset(type.id, H5T_CSET_UTF8), name)
        let space = try handle(H5Screate(H5S_SCALAR), name, close: H5Sclose)
        let attribute = try handle(
            H5Acreate2(object.id, name, type.id, space.id, chdf5_default(), chdf5_default()), name, close: H5Aclose)
        let status = text.withCString { text in
            var pointer: UnsafePointer<CChar>? = text
            return H5Awrite(attribute.id, type.id, &pointer)
        }
        try check(status, name)
    }

    /// Writes an attribute of an enumeration of bytes.
    package func setAttribute(
        _ name: String, of object: HDF5Handle, to value: UInt8, of members: [(name: String, value: UInt8)]
    ) throws(Failure) {
        let type = try handle(H5Tenum_create(chdf5_std_u8le()), name, close: H5Tclose)
        for member in members {
            var value = member.value
            try check(H5Tenum_insert(type.id, member.name, &value), name)
        }
        let space = try handle(H5Screate(H5S_SCALAR), name, close: H5Sclose)
        try setAttribute(name, of: object, stored: type.id, memory: type.id, space: space, [value])
    }

    private func setAttribute<T>(
        _ name: String, of object: HDF5Handle, stored: hid_t, memory: hid_t, space: HDF5Handle, _ values: [T]
    ) throws(Failure) {
        let attribute = try handle(
            H5Acreate2(object.id, name, stored, space.id, chdf5_default(), chdf5_default()), name, close: H5Aclose)
        try check(values.withUnsafeBytes { H5Awrite(attribute.id, memory, $0.baseAddress) }, name)
    }

    /// A scalar number attribute; `nil` when absent or of another shape.
    package func attribute(_ name: String, of object: HDF5Handle) -> Double? {
        guard H5Aexists(object.id, name) > 0,
            let attribute = HDF5Handle(H5Aopen(object.id, name, chdf5_default()), close: H5Aclose),
            let space = HDF5Handle(H5Aget_space(attribute.id), close: H5Sclose),
            H5Sget_simple_extent_npoints(space.id) == 1
        else { return nil }
        var value = 0.0
        return H5Aread(attribute.id, chdf5_native_double(), &value) < 0 ? nil : value
    }

    /// Names of the links of a group, sorted.
    package func names(in group: String) throws(Failure) -> [String] {
        let group = try openGroup(group)
        final class Names { var values: [String] = [] }
        let names = Names()
        let visit: H5L_iterate_t = { _, name, _, data in
            if let name, let data {
                Unmanaged<Names>.fromOpaque(data).takeUnretainedValue().values.append(String(cString: name))
            }
            return 0
        }
        let status = H5Literate(
            group.id, H5_INDEX_NAME, H5_ITER_INC, nil, visit, Unmanaged.passUnretained(names).toOpaque())
        try check(status, "/")
        return names.values
    }
}

/// Version of the HDF5 library at run time.
package enum HDF5Library {
    package static var version: String {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        HDF5File.prepare()
        return H5get_libversion(&major, &minor, &release) < 0 ? "unknown" : "\(major).\(minor).\(release)"
    }
}
