/// Where the packets of one source core go, found by following them through the routing tables.
public struct PacketTree: Sendable {
    /// Worker cores reached, by number in the mapping, ascending.
    public var cores: [Int32] = []
    /// Wires crossed, each `6 × chip number + link`, ascending.
    public var wires: [Int32] = []
    /// Routers passed, by chip number, ascending.
    public var routers: [Int32] = []
    /// Routers that found no entry and sent the packets straight on.
    public var defaultRouted: [Int32] = []
    /// Deliveries to processors that emulate nothing.
    public var strays = 0
    /// The source's own router found no entry: nothing is ever sent.
    public var isDropped = false

    public init() {}
}
