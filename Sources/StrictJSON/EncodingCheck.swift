/// Refuses bytes that are not UTF-8 text, by name and byte offset.
enum EncodingCheck {
    static func check(_ document: JSONDocument) throws(DocumentError) {
        let bytes = document.bytes
        func fail(at offset: Int, _ message: String) -> DocumentError {
            document.error(.encoding, at: offset, node: nil, message)
        }
        let start = Array(bytes.prefix(4))
        let remedy = "; save the file as UTF-8 without a byte order mark"
        if start == [0xFF, 0xFE, 0, 0] || start == [0, 0, 0xFE, 0xFF] || start.starts(with: [0, 0, 0]) {
            throw fail(at: 0, "the file is UTF-32 (byte offset 0)" + remedy)
        }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw fail(at: 0, "the file is UTF-16 (byte order mark at byte offset 0)" + remedy)
        }
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw fail(at: 0, "the file starts with a UTF-8 byte order mark (byte offset 0)" + remedy)
        }
        if start.starts(with: [0x1F, 0x8B]) {
            throw fail(at: 0, "the file is compressed with gzip; decompress it first")
        }
        if start.starts(with: [0x89, 0x48, 0x44, 0x46]) { throw fail(at: 0, "the file is HDF5, not JSON") }
        if start.count >= 2, (start[0] == 0) != (start[1] == 0) {
            throw fail(
                at: 0, "the file looks like UTF-16 (a NUL byte at byte offset \(start[0] == 0 ? 0 : 1))" + remedy)
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                if byte == 0 { throw fail(at: index, "a NUL byte at byte offset \(index)") }
                index += 1
                continue
            }
            let length = sequenceLength(bytes, index)
            guard length > 0 else {
                throw fail(
                    at: index,
                    "invalid UTF-8 at byte offset \(index) (0x\(String(byte, radix: 16, uppercase: true))); "
                        + "save the file as UTF-8")
            }
            index += length
        }
    }

    /// Bytes of the well-formed sequence at `index` (Unicode, table 3-7); 0 where it is ill-formed.
    private static func sequenceLength(_ bytes: [UInt8], _ index: Int) -> Int {
        let lead = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEC, 0xEE...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
        for next in bytes[index + 1..<index + length] where next & 0xC0 != 0x80 { return 0 }
        return length
    }
}
