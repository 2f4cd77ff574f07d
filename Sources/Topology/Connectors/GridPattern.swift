// Kernels over two grids of neurons.
//
// Row and column of a kernel's place depend on rows and columns of the neurons alone, so which sources a target has is
// known from two small tables: for each row of targets the rows of sources with the kernel's row between them, and the
// same for columns.

/// Which lines of a source grid meet a line of the target grid, and in which line of the kernel.
struct GridTaps: Sendable, Equatable {
    struct Tap: Sendable, Equatable {
        var source: Int
        var kernel: Int
    }

    /// By line of the targets.
    private(set) var taps: [[Tap]]

    /// - Parameter kernelLine: Line of the kernel for a line of the sources and one of the targets; `nil`: none.
    init(sources: Int, targets: Int, candidates: (Int) -> Range<Int>, kernelLine: (Int, Int) -> Int?) {
        taps = (0..<targets).map { target in
            candidates(target).clamped(to: 0..<sources).compactMap { source in
                kernelLine(source, target).map { Tap(source: source, kernel: $0) }
            }
        }
    }

    var most: Int { taps.map(\.count).max() ?? 0 }
    var count: Int { taps.reduce(0) { $0 + $1.count } }

    /// How often each line of the kernel is met.
    func uses(_ lines: Int) -> [Int] {
        var uses = [Int](repeating: 0, count: lines)
        for taps in taps { for tap in taps { uses[tap.kernel] += 1 } }
        return uses
    }
}

/// Connections through a kernel from one grid to another, neurons counted row by row.
struct GridPattern: Sendable, Equatable {
    let preColumns: Int
    let postColumns: Int
    let kernelColumns: Int
    let rows: GridTaps
    let columns: GridTaps

    func forEach(_ post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        let (row, column) = post.quotientAndRemainder(dividingBy: postColumns)
        guard row < rows.taps.count else { return }
        for r in rows.taps[row] {
            for c in columns.taps[column] {
                body(r.source * preColumns + c.source, r.kernel * kernelColumns + c.kernel)
            }
        }
    }

    var count: Int { rows.count * columns.count }
    var most: Int { rows.most * columns.most }

    /// Connections through the places of the kernel that `isUsed` names.
    func count(_ kernelRows: Int, where isUsed: (Int) -> Bool) -> Int {
        let (rows, columns) = (rows.uses(kernelRows), columns.uses(kernelColumns))
        var count = 0
        for r in rows.indices {
            for c in columns.indices where isUsed(r * kernelColumns + c) { count += rows[r] * columns[c] }
        }
        return count
    }
}
