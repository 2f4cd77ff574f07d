/// `Array`: the pairs that a matrix of 0 and 1 names.
public struct ConnectionArray: ConnectionPattern, Equatable {
    private let table: ConnectionTable

    /// - Parameters:
    ///   - pre: Source of each connection, `[n]`.
    ///   - post: Target of each connection, `[n]`.
    public init(pre: [Int32], post: [Int32]) { table = ConnectionTable(pre: pre, post: post) }

    public var count: Int { table.count }
    public var mostPerTarget: Int { table.mostPerTarget }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        table.forEachConnection(to: post, body)
    }
}
