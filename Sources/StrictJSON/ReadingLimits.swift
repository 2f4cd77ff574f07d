/// Bounds on what is read, so that no file can exhaust the machine that reads it.
public struct ReadingLimits: Sendable {
    /// Bytes of a file.
    public var bytes = 256 << 20
    /// Arrays and objects inside each other.
    public var depth = 64
    /// Bytes of one string or key.
    public var stringBytes = 1 << 20
    /// Values of a document; an array of numbers counts as one.
    public var values = 1 << 24
    /// Keys of one object; no object of the format has as many.
    public var keys = 256
    /// Characters of one number.
    public var numberBytes = 1024
    /// Warnings kept; later ones are only counted.
    public var warnings = 1000
    /// Rows of a `FromList` connector.
    public var rows = 1_000_000

    /// The limits of the contract.
    public init() {}
}
