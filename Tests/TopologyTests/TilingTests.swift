import Testing
import Topology

@Suite struct TilingTests {
    /// A cell of a grid belongs to the tile that its coordinates divided by the tile's extents name.
    @Test(arguments: [
        ([7], [3]), ([12, 10], [5, 4]), ([12, 10], [12, 3]), ([12, 10], [1, 10]), ([3, 4, 5], [2, 2, 2]),
        ([3, 4, 5], [1, 4, 5]), ([3, 4, 5], [2, 1, 5]), ([1, 6, 1], [1, 4, 1]), ([5, 5], [5, 5]),
    ])
    func slicesAreTheCellsOfTheGrid(shape: [Int], tile: [Int]) {
        let tiling = Tiling(shape: shape, tile: tile)
        var expected: [[Int]: [Int]] = [:]
        for neuron in 0..<shape.reduce(1, *) {
            var (rest, key) = (neuron, [Int]())
            for d in shape.indices.reversed() {
                key.insert(rest % shape[d] / tile[d], at: 0)
                rest /= shape[d]
            }
            expected[key, default: []].append(neuron)
        }
        let inOrder = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        #expect(tiling.count == inOrder.count)
        #expect((0..<tiling.count).map { Array(tiling.slice($0)) } == inOrder)
        #expect(tiling.sliceCounts == Set(inOrder.map(\.count)).sorted(by: >))
        for (number, neurons) in inOrder.enumerated() {
            let slice = tiling.slice(number)
            for neuron in 0..<shape.reduce(1, *) {
                #expect(slice.place(of: neuron) == neurons.firstIndex(of: neuron))
                #expect(slice.contains(neuron) == neurons.contains(neuron))
            }
            #expect(neurons.allSatisfy { tiling.number(of: $0) == number })
            #expect(slice.place(of: -1) == nil)
            #expect((slice.lowerBound, slice.upperBound) == (neurons[0], neurons[neurons.count - 1] + 1))
            #expect(slice.ranges.flatMap { Array($0) } == neurons)
            #expect(slice.isRange == (neurons.count == neurons[neurons.count - 1] + 1 - neurons[0]) || shape[0] == 1)
            #expect(NeuronSlice(words: slice.words) == slice)
            #expect(slice.total(ofRunning: Array(0...shape.reduce(1, *))) == neurons.count)
        }
    }

    /// A block that is too large loses of its longest side.
    @Test func blocksShrinkToALimit() {
        var population = Population(name: "A", size: 600, shape: [20, 30], model: .ifCurrExp)
        #expect(population.tiling(atMost: 100) == Tiling(shape: [600], tile: [100]))
        population.coreShape = [16, 40]
        #expect(population.tiling(atMost: 1000).tile == [16, 30])
        #expect(population.tiling(atMost: 256).tile == [16, 16])
        #expect(population.tiling(atMost: 250).tile == [15, 16])
        #expect(population.tiling(atMost: 1).tile == [1, 1])
    }
}
