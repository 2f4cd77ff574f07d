/// Where a router sends a packet: bits 0–5 are links, bits 6–23 are this chip's cores.
@frozen
public struct Route: Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public init(link: Link) { rawValue = 1 << UInt32(link.rawValue) }
    @inlinable public init(core: Int) { rawValue = 1 << UInt32(6 + core) }

    public static let none = Route(rawValue: 0)

    @inlinable public func contains(link: Link) -> Bool { rawValue & (1 << UInt32(link.rawValue)) != 0 }
    @inlinable public func contains(core: Int) -> Bool { rawValue & (1 << UInt32(6 + core)) != 0 }
    @inlinable public mutating func formUnion(_ other: Route) { rawValue |= other.rawValue }

    /// The links set, ascending.
    public var links: [Link] { Link.allCases.filter(contains(link:)) }
    /// The cores set, ascending.
    public var cores: [Int] { (0..<18).filter(contains(core:)) }
}

/// One ternary entry of a multicast table.
@frozen
public struct RoutingEntry: Hashable, Sendable {
    public var key: UInt32
    public var mask: UInt32
    public var route: Route

    @inlinable public init(key: UInt32, mask: UInt32, route: Route) {
        self.key = key
        self.mask = mask
        self.route = route
    }

    @inlinable public func matches(_ packet: UInt32) -> Bool { packet & mask == key }
}

/// A chip's multicast table: the first entry that matches wins.
public struct RoutingTable: Sendable {
    public var entries: [RoutingEntry]

    public init(entries: [RoutingEntry] = []) { self.entries = entries }
}
