import Glibc
import Topology

/// How likely two neurons are joined, by the squared distance of their places.
///
/// - Source: Documentation/Chip.md, "Structural plasticity".
struct FormationTable: Sendable {
    let rows: Int
    let columns: Int
    /// In parts of 65535; nothing forms beyond the end.
    let probabilities: [UInt16]

    /// - Parameter isLateral: Source and target are the same population.
    init(_ formation: StructuralPlasticity.Formation, isLateral: Bool) {
        rows = formation.rows
        columns = formation.columns
        let peak = isLateral ? formation.lateralProbability : formation.forwardProbability
        let sigma = isLateral ? formation.lateralSigma : formation.forwardSigma
        let farthest = (rows / 2) * (rows / 2) + (columns / 2) * (columns / 2)
        var table: [UInt16] = []
        for squared in 0...farthest {
            // The square of a small deviation is 0.
            let falling = squared == 0 ? 1 : exp(-Double(squared) / (2 * sigma * sigma))
            let probability = UInt16(peak * falling * 65535)
            if probability == 0 { break }
            table.append(probability)
        }
        // The tool fills up a word, and where that makes an entry of 0, one word in 65535 still passes.
        if table.count % 2 != 0 { table.append(0) }
        probabilities = table
    }

    /// The probability of a synapse between two neurons, in parts of 65535; `nil`: never.
    func probability(_ source: Int, _ target: Int) -> UInt16? {
        let x = Self.distance(source / rows, target / rows, around: rows)
        let y = Self.distance(source % columns, target % columns, around: columns)
        let squared = x * x + y * y
        return squared < probabilities.count ? probabilities[squared] : nil
    }

    /// Along a side of the grid; one of length 1 has no distances.
    private static func distance(_ a: Int, _ b: Int, around length: Int) -> Int {
        guard length > 1 else { return 0 }
        let apart = abs(a - b)
        return apart > length / 2 ? apart - length : apart
    }
}
