/// A SpiNNaker machine: its chips, cores and links, without what is dead.
public struct Machine: Sendable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
