import CIntrinsics

/// The CRC-32C of bytes: sees every flipped bit, at the speed of memory.
///
/// - Source: RFC 3720, section 12.1.
public struct Checksum: Sendable {
    private var state: UInt32 = .max

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        state = cintrinsics_crc32c(base, bytes.count, state)
    }

    public var value: UInt32 { ~state }

    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var checksum = Checksum()
        checksum.update(bytes)
        return checksum.value
    }
}
