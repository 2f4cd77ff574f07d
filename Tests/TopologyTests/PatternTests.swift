import Testing
import Topology

/// Patterns against what their definitions say of every pair.
@Suite struct PatternTests {
    struct Pair: Hashable, Comparable {
        var pre: Int
        var post: Int
        var value = 0
        static func < (a: Pair, b: Pair) -> Bool { (a.post, a.pre, a.value) < (b.post, b.pre, b.value) }
    }

    private func pairs(_ pattern: any ConnectionPattern, _ postSize: Int) -> [Pair] {
        var result: [Pair] = []
        for post in 0..<postSize {
            pattern.forEachConnection(to: post) { result.append(Pair(pre: $0, post: post, value: $1)) }
        }
        #expect(pattern.count == result.count)
        let most = Dictionary(grouping: result, by: \.post).values.map(\.count).max() ?? 0
        #expect(pattern.mostPerTarget >= most)
        for first in stride(from: 0, to: postSize, by: 3) {
            for count in [1, 2, 5] where first + count <= postSize {
                guard let sources = pattern.sources(of: first..<first + count) else { continue }
                let expected = Set(result.filter { (first..<first + count).contains($0.post) }.map(\.pre))
                #expect(Set(sources) == expected)
            }
        }
        return result
    }

    @Test(arguments: [(12, 12), (12, 20), (20, 12), (1, 1), (13, 13)], [nil, 1, 2, 3, 4, 5, 12] as [Int?])
    func allButMe(_ sizes: (Int, Int), _ group: Int?) {
        let (pre, post) = sizes
        let n = group ?? min(pre, post)
        let found = pairs(AllButMe(preSize: pre, postSize: post, groupSize: group), post)
        var expected: [Pair] = []
        for j in 0..<post {
            for i in 0..<pre where i / n == j / n && i % n != j % n {
                // Source by source, the one to itself left out.
                let place = (0..<n).filter { $0 != i % n }.firstIndex(of: j % n) ?? -1
                expected.append(Pair(pre: i, post: j, value: i % n * (n - 1) + place))
            }
        }
        #expect(found.sorted() == expected.sorted())
    }

    @Test(arguments: [(12, 12), (12, 20), (20, 12), (13, 13)], [nil, 2, 4, 5] as [Int?])
    func oneToOneOffset(_ sizes: (Int, Int), _ group: Int?) {
        let (pre, post) = sizes
        let n = group ?? pre
        for wraps in [false, true] {
            for offset in -n...n {
                let pattern = OneToOneOffset(
                    preSize: pre, postSize: post, offset: offset, wraps: wraps, groupSize: group)
                var expected: [Pair] = []
                for i in 0..<pre {
                    var place = i % n + offset
                    if wraps { place = (place % n + n) % n }
                    let j = i / n * n + place
                    if (0..<n).contains(place), j < post { expected.append(Pair(pre: i, post: j)) }
                }
                // In a group that the sources do not fill, what wraps around may meet no source.
                #expect(pairs(pattern, post).sorted() == expected.sorted(), "\(offset) \(wraps)")
            }
        }
    }

    /// sPyNNaker's own loops, one pair at a time: the host's and the machine's.
    @Test(arguments: [true, false], [[1, 0], [2, 0], [3, 0], [1, 1], [2, 1], [3, 1]])
    func kernel(_ onMachine: Bool, _ sampling: [Int]) {
        let (step, start) = (sampling[0], sampling[1])
        for (kh, kw) in [(1, 1), (3, 3), (2, 5), (4, 1)] {
            let (pre, post) = (Kernel.Grid(7, 6), Kernel.Grid(5, 8))
            let pattern = Kernel(
                pre: pre, post: post, shape: Kernel.Grid(kh, kw), weights: [], preSteps: Kernel.Grid(step, 1),
                preStart: Kernel.Grid(start, 0), postSteps: Kernel.Grid(1, step), postStart: Kernel.Grid(start, start),
                onMachine: onMachine)
            func line(_ place: Int, _ step: Int) -> Int {
                let below = place - 1
                if !onMachine { return Int((Double(below) / Double(step)).rounded(.down)) + 1 }
                return below < 0 ? -(-below / step) + 1 : below / step + 1
            }
            var expected: [Pair] = []
            for i in 0..<pre.size {
                let (r, c) = (i / pre.columns, i % pre.columns)
                if !onMachine, (r - start) % step != 0 { continue }
                for j in 0..<post.size {
                    let row = line(start + j / post.columns - start, step)
                    let column = line(start + j % post.columns * step, 1)
                    let (kr, kc) = (kh / 2 - (row - r), kw / 2 - (column - c))
                    if (0..<kh).contains(kr), (0..<kw).contains(kc) {
                        expected.append(Pair(pre: i, post: j, value: kr * kw + kc))
                    }
                }
            }
            #expect(pairs(pattern, post.size).sorted() == expected.sorted(), "\(kh)x\(kw)")
        }
    }

    /// The machine's own walk through the kernel, a spike at a time.
    @Test(arguments: [1, 2, 3], [[0, 1], [1, 1], [2, 1], [0, 2], [1, 2], [2, 2]])
    func convolution(_ stride: Int, _ more: [Int]) {
        let (padding, pool) = (more[0], more[1])
        var shape = Convolution.Shape(pre: Kernel.Grid(9, 8), kernel: Kernel.Grid(3, 2))
        shape.strides = Kernel.Grid(stride, 1)
        shape.padding = Kernel.Grid(padding, 0)
        shape.poolStride = Kernel.Grid(pool, 2)
        let post = shape.post
        #expect(post.rows == max(1, (9 / pool - 2 + 2 * padding) / stride) && post.columns == 4 - 1)
        let weights = [1.0, -2, 0, 3, -4, 5]
        for positive in [true, false] {
            let pattern = Convolution(shape, weights: weights, positive: positive)
            var expected: [Pair] = []
            for i in 0..<72 {
                let (row, column) = (i / 8 / pool + padding, i % 8 / 2)
                var (kr, r) = (row % stride, row / stride)
                while kr < 3 {
                    var (kc, c) = (0, column)
                    while kc < 2 {
                        let k = (2 - kr) * 2 + 1 - kc
                        let isWanted = positive ? weights[k] > 0 : weights[k] < 0
                        if isWanted, (0..<post.rows).contains(r), (0..<post.columns).contains(c) {
                            expected.append(Pair(pre: i, post: r * post.columns + c, value: k))
                        }
                        kc += 1
                        c -= 1
                    }
                    kr += stride
                    r -= 1
                }
            }
            #expect(pairs(pattern, post.size).sorted() == expected.sorted())
            #expect(expected.allSatisfy { pattern.weight($0.value) == weights[$0.value] })
        }
    }

    @Test func poolDense() {
        // 5 × 4 sources in pools of 2 × 2: the last row is in none.
        let weights = (0..<4 * 3).map { Double($0 % 5 - 2) }
        for positive in [true, false] {
            let pattern = PoolDense(
                preShape: [5, 4], postSize: 3, weights: weights, area: 4, poolStride: [2, 2], positive: positive)
            var expected: [Pair] = []
            for i in 0..<16 {
                for j in 0..<3 {
                    let value = (i / 4 / 2 * 2 + i % 4 / 2) * 3 + j
                    if positive ? weights[value] > 0 : weights[value] < 0 {
                        expected.append(Pair(pre: i, post: j, value: value))
                        #expect(pattern.weight(value) == weights[value] / 4)
                    }
                }
            }
            #expect(pairs(pattern, 3).sorted() == expected.sorted())
        }
    }

    @Test func tables() {
        let rows = [
            ListedConnection(pre: 5, post: 3, weight: 1, delay: 2), ListedConnection(pre: 4, post: 0),
            ListedConnection(pre: 5, post: 3, weight: -2, delay: 4), ListedConnection(pre: 0, post: 3, weight: 1),
        ]
        let table = ConnectionTable(rows)
        var found: [[Double]] = []
        for post in 0..<5 {
            table.forEachConnection(to: post) { found.append([Double($0), Double(post), table.weight($1)]) }
        }
        #expect(found.map { [$0[0], $0[1]] } == [[4, 0], [5, 3], [5, 3], [0, 3]])
        #expect(found[0][2].isNaN && found.dropFirst().map { $0[2] } == [1, -2, 1])
        #expect(table.weightBounds == -2...1 && table.delayBounds == 2...4 && !table.hasAllWeights)
        #expect(table.count == 4 && table.mostPerTarget == 3)
        #expect(ConnectionTable([]).count == 0 && ConnectionTable([]).mostPerTarget == 0)
        let constant = ConnectionTable(pre: [0, 1], post: [1, 0], weights: ConnectionColumn([2, 2]))
        #expect(constant.hasAllWeights && constant.weight(1) == 2 && !constant.hasDelays)
    }

    @Test func surveys() throws {
        func survey(_ connector: String, _ more: String = "") throws -> PairSurvey {
            let text = Sample.document(
                populations: [#"{"name": "X", "size": 40, "model": "IF_curr_exp"}"#],
                projections: [
                    #"{"pre": "X", "post": "X", "connector": {\#(connector)}, "synapse": {"weight": 1}\#(more)}"#
                ])
            var network = try read(text).network
            network.survey()
            #expect(
                network.projections[0].survey.map { network.estimate().synapses == Int($0.expected.rounded()) } == true)
            return try #require(network.projections[0].survey)
        }
        let near = try survey(#""type": "DistanceDependentProbability", "d_expression": "(d < 2) * 0.5""#)
        // Itself and one neighbour on each side.
        #expect(near == PairSurvey(expected: 0.5 * (40 * 3 - 2), highest: 0.5, mostPerTarget: 1.5))
        let others = try survey(
            #""type": "DistanceDependentProbability", "d_expression": "1/d", "allow_self_connections": false"#)
        #expect(others.highest == 1)
        let harmonic = (0..<40).map { j in (0..<40).filter { $0 != j }.reduce(0.0) { $0 + 1 / Double(abs($1 - j)) } }
        #expect(abs(others.expected - harmonic.reduce(0, +)) < 1e-9)
        let ring = try survey(
            #""type": "SmallWorld", "degree": 1.5, "rewiring": 0.2"#,
            #", "space": {"axes": "x", "periodic_boundaries": [[0, 40], null, null]}"#)
        #expect(ring == PairSurvey(expected: 120, highest: 1, mostPerTarget: 3))
        let diagonal = try survey(#""type": "IndexBasedProbability", "index_expression": "i == j + 1""#)
        #expect(diagonal == PairSurvey(expected: 39, highest: 1, mostPerTarget: 1))
    }
}
