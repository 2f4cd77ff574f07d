import Diagnostics

/// The logs that one process of a run has written: from a step on, up to where the next of them begins.
struct SpillPart {
    /// Its first step.
    var start: Int
    /// The step after its last; `nil`: all that is there counts.
    var limit: Int?
    var folder: String

    /// The parts whose logs are in a folder, ascending.
    static func all(in folder: String) -> [SpillPart] {
        var starts = Set<Int>()
        for name in Files.names(in: folder) ?? [] {
            for kind in SpillKind.allCases { if let part = kind.part(fileName: name) { starts.insert(part.start) } }
        }
        let sorted = starts.sorted()
        return sorted.enumerated().map { place, start in
            SpillPart(start: start, limit: place + 1 < sorted.count ? sorted[place + 1] : nil, folder: folder)
        }
    }

    /// Ranks that have logs of a kind, ascending.
    func ranks(_ kind: SpillKind) -> [Int] {
        (Files.names(in: folder) ?? []).compactMap { name in
            kind.part(fileName: name).flatMap { $0.start == start ? $0.rank : nil }
        }.sorted()
    }

    func path(_ kind: SpillKind, rank: Int) -> String { "\(folder)/\(kind.fileName(rank: rank, start: start))" }
}

extension RunDescription {
    /// Two processes have worked on the same run, on however many ranks, however long it was to last.
    func isSameRun(as other: RunDescription) -> Bool {
        var other = other
        (other.ranks, other.steps) = (ranks, steps)
        return self == other
    }
}
