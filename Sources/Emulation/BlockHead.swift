/// What is read of an incoming block at each run of its packets, side by side.
struct BlockHead {
    /// Packets that arrived.
    var packets = 0
    let firstRow: UInt32
    let mask: UInt32
    /// Its packets lead to rows and nothing else.
    let isPlain: Bool
    let isDirect: Bool

    init(_ block: RankNetwork.IncomingBlock, recordsArrivals: Bool) {
        firstRow = UInt32(truncatingIfNeeded: block.firstRow)
        mask = block.mask
        isPlain = block.extensions.isEmpty && block.routes.isEmpty && block.listeners.isEmpty && !recordsArrivals
        isDirect = block.isDirect
    }
}
