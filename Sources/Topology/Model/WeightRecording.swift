/// When a projection's weights go to the results.
public struct WeightRecording: Sendable, Equatable {
    /// Weights at the multiples of so many ms, from 0 on, beside those at the end; `nil`: at the end only.
    public var interval: Double?
    /// Weights also as they would be with the changes that wait for their sources' next spikes.
    public var appliesPending: Bool

    public init(interval: Double? = nil, appliesPending: Bool = false) {
        self.interval = interval
        self.appliesPending = appliesPending
    }
}

extension Network {
    /// What identifies each projection in the results: its name in characters that files may have.
    ///
    /// `->` becomes `-to-`, anything else but letters, digits, `_`, `.` and `-` becomes `-`; a name that another
    /// projection has already gets the projection's number.
    public var projectionFileNames: [String] {
        var taken = Set<String>()
        return projections.enumerated().map { index, projection in
            var name = ""
            for scalar in projection.name.replacing("->", with: "-to-").unicodeScalars {
                let isPlain =
                    scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789_.-".unicodeScalars.contains(scalar))
                if isPlain { name.unicodeScalars.append(scalar) } else if name.last != "-" { name += "-" }
            }
            if name.last == "-" { name.removeLast() }
            if taken.contains(name) { name += "-\(index)" }
            while taken.contains(name) { name += "-" }
            taken.insert(name)
            return name
        }
    }
}
