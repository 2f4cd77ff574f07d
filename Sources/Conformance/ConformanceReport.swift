/// Where a replayed vector first differs from what was recorded.
public struct Mismatch: Sendable, Equatable, CustomStringConvertible {
    /// Name or number of the case.
    public var caseName: String
    /// Step of the case, when it has steps.
    public var step: Int?
    /// What differs.
    public var field: String
    /// As recorded.
    public var expected: String
    /// As computed here.
    public var found: String

    public var description: String {
        let step = step.map { ", step \($0)" } ?? ""
        return "case \(caseName)\(step), \(field): expected \(expected), found \(found)"
    }
}

/// The outcome of replaying one golden file.
public struct ConformanceReport: Sendable {
    /// Name of the file.
    public var name: String
    /// Cases that came out as recorded.
    public var passed = 0
    /// Cases that did not.
    public var failed = 0
    /// The first difference.
    public var firstMismatch: Mismatch?
    /// What was left out and why, one line each.
    public var notes: [String] = []

    /// Whether every case that was replayed came out as recorded.
    public var isConformant: Bool { failed == 0 }

    /// The lines to print: counts, notes, and the first difference.
    public var lines: [String] {
        ["\(name): passed \(passed), failed \(failed)"] + notes.map { "  \($0)" }
            + (firstMismatch.map { ["  first mismatch: \($0)"] } ?? [])
    }

    /// Counts one case.
    mutating func count(_ mismatch: Mismatch?) {
        if let mismatch {
            failed += 1
            firstMismatch = firstMismatch ?? mismatch
        } else {
            passed += 1
        }
    }
}

/// Collects the first difference of one case.
struct CaseCheck {
    let name: String
    private(set) var mismatch: Mismatch?

    init(_ name: String) { self.name = name }

    /// Whether everything compared so far was equal.
    var holds: Bool { mismatch == nil }

    /// Compares two values; only the first difference is kept.
    mutating func compare<Value: Equatable>(
        _ field: @autoclosure () -> String, step: Int? = nil, expected: Value, found: Value
    ) {
        guard mismatch == nil, expected != found else { return }
        mismatch = Mismatch(
            caseName: name, step: step, field: field(), expected: "\(expected)", found: "\(found)")
    }

    /// Fails the case for a reason other than a value.
    mutating func fail(_ field: String, expected: String, found: String) {
        mismatch = mismatch ?? Mismatch(caseName: name, field: field, expected: expected, found: found)
    }
}
