import FixedPoint
import Neurons
import Testing
import Topology

/// Every state variable that a network can begin with can be set later.
@Suite struct StateChangeTests {
    private static func group(_ model: CellModel, _ kind: CellKind, _ initial: [String: Double]) -> CellGroup {
        CellGroup(
            kind, count: 3,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { model.defaults[$0].map { .same($0) } },
                initial: { name in (initial[name] ?? model.initialDefaults[name]).map { .same($0) } },
                seed: { _ in .compiledIn }))
    }

    private static func words(_ group: CellGroup) -> [[Int32]] {
        group.kind.stateNames.map { name in
            (0..<3).map { group.values(of: name)?.words[$0] ?? 0 }
        }
    }

    /// A variable that is set leaves the words that a network which begins with it has, and no others.
    @Test func setsWhatItSays() throws {
        var tried = 0
        for model in CellModel.all where !model.isSource {
            let kind = try #require(CellCatalogue.all[model.name])
            for variable in model.initialDefaults.keys.sorted() where !model.isMadeOfInput(variable) {
                let begun = Self.group(model, kind, [variable: 0.75])
                let changed = Self.group(model, kind, [:])
                let before = Self.words(changed)
                changed.takeState(of: begun, variables: [variable], at: [0, 1, 2])
                #expect(Self.words(changed) == Self.words(begun), "\(model.name) \(variable)")
                #expect(Self.words(changed) != before, "\(model.name) \(variable)")
                let some = Self.group(model, kind, [:])
                some.takeState(of: begun, variables: [variable], at: [1])
                for (word, was) in zip(Self.words(some), before) { #expect(word[0] == was[0] && word[2] == was[2]) }
                tried += 1
            }
        }
        #expect(tried > 80)
    }
}
