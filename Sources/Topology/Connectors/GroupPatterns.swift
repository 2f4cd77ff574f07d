/// `AllButMe`: in every group of neurons each source to all targets but the one in its own place.
public struct AllButMe: ConnectionPattern, Equatable {
    public let preSize: Int
    public let postSize: Int
    /// Neurons of a group; the last may have fewer.
    public let groupSize: Int
    /// Weights of one group, source by source without the one to itself, `[n · (n − 1)]`; empty: the projection's own.
    public let weights: [Double]

    public init(preSize: Int, postSize: Int, groupSize: Int? = nil, weights: [Double] = []) {
        self.preSize = preSize
        self.postSize = postSize
        self.groupSize = groupSize ?? min(preSize, postSize)
        self.weights = weights
    }

    public var count: Int {
        // Whole groups on both sides, and the one where the smaller population ends.
        let size = min(preSize, postSize)
        let whole = size / groupSize
        let start = whole * groupSize
        let (sources, targets) = (min(groupSize, preSize - start), min(groupSize, postSize - start))
        return whole * groupSize * (groupSize - 1) + sources * targets - min(sources, targets)
    }

    public var mostPerTarget: Int { groupSize - 1 }
    public var hasWeights: Bool { !weights.isEmpty }
    public func weight(_ value: Int) -> Double { weights.isEmpty ? .nan : weights[value] }
    public var weightBounds: ClosedRange<Double>? {
        weights.isEmpty ? nil : (weights.min() ?? 0)...(weights.max() ?? 0)
    }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        let place = post % groupSize
        let start = post - place
        for source in 0..<max(0, min(groupSize, preSize - start)) where source != place {
            body(start + source, source * (groupSize - 1) + (place > source ? place - 1 : place))
        }
    }

    public func sources(of posts: Range<Int>) -> Range<Int>? {
        // Two targets of a group have all of its sources between them.
        guard let last = posts.last, groupSize > 2 else { return nil }
        let first = posts.lowerBound / groupSize * groupSize
        let lonely = [posts.lowerBound, last].contains { post in
            let group = post / groupSize * groupSize
            return posts.clamped(to: group..<group + groupSize).count == 1
        }
        return lonely ? nil : min(first, preSize)..<min(last / groupSize * groupSize + groupSize, preSize)
    }
}

/// `OneToOneOffset`: each source to the target `offset` places further in its group, around its end or not.
public struct OneToOneOffset: ConnectionPattern, Equatable {
    public let preSize: Int
    public let postSize: Int
    public let offset: Int
    public let wraps: Bool
    /// Neurons of a group; the last may have fewer.
    public let groupSize: Int

    public init(preSize: Int, postSize: Int, offset: Int, wraps: Bool, groupSize: Int? = nil) {
        self.preSize = preSize
        self.postSize = postSize
        self.offset = offset
        self.wraps = wraps
        self.groupSize = groupSize ?? preSize
    }

    public var count: Int {
        // Whole groups, and the one where the smaller population ends.
        let whole = min(preSize, postSize) / groupSize
        let start = whole * groupSize
        let (sources, targets) = (min(groupSize, preSize - start), min(groupSize, postSize - start))
        return whole * Self.count(sources: groupSize, targets: groupSize, groupSize, offset, wraps)
            + Self.count(sources: sources, targets: targets, groupSize, offset, wraps)
    }

    public var mostPerTarget: Int { 1 }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        if let pre = source(of: post) { body(pre, 0) }
    }

    /// Connections of a group with so many sources and targets.
    private static func count(sources: Int, targets: Int, _ size: Int, _ offset: Int, _ wraps: Bool) -> Int {
        func shifted(_ offset: Int, _ lowest: Int, _ end: Int) -> Int {
            max(0, min(targets, end, sources + offset) - max(0, lowest, offset))
        }
        guard sources > 0 else { return 0 }
        let straight = shifted(offset, 0, .max)
        guard wraps else { return straight }
        // Before the group's first source, and behind its last.
        return straight + shifted(offset - size, 0, offset) + shifted(offset + size, sources + offset, .max)
    }

    private func source(of post: Int) -> Int? {
        let group = post / groupSize * groupSize
        let end = min(group + groupSize, preSize)
        guard group < end else { return nil }
        var pre = post - offset
        if pre < group {
            guard wraps else { return nil }
            pre += groupSize
        } else if pre >= end {
            guard wraps else { return nil }
            pre -= groupSize
        }
        return (group..<end).contains(pre) ? pre : nil
    }
}
