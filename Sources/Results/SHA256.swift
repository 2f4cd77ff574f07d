import CCrypto

/// A running SHA-256.
///
/// - Source: FIPS 180-4, by way of OpenSSL's EVP.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer?

    /// An empty message.
    public init() {
        context = EVP_MD_CTX_new()
        let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(started == 1, "OpenSSL has no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let updated = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(updated == 1, "SHA-256 failed")
    }

    /// The digest of the message so far, 32 bytes; the message must not grow after that.
    public mutating func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let finished = EVP_DigestFinal_ex(context, &digest, nil)
        precondition(finished == 1, "SHA-256 failed")
        return digest
    }

    /// The digest of `bytes`, 32 bytes.
    public static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// The digest of `bytes` as 64 lower-case hexadecimal digits.
    public static func hex(of bytes: some Sequence<UInt8>) -> String {
        Array(bytes).withUnsafeBytes { hex(digest(of: $0)) }
    }

    /// `digest` in lower-case hexadecimal.
    static func hex(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
