public import FixedPoint

extension KISS64 {
    /// Writes the four words.
    public func encode(into writer: inout StateWriter) { for word in [x, y, z, c] { writer.append(word) } }

    /// Takes back what ``encode(into:)`` wrote.
    public init(from reader: inout StateReader) {
        self.init(x: reader.word(), y: reader.word(), z: reader.word(), c: reader.word())
    }
}
