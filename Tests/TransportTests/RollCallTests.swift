import Testing
import Transport

@Suite struct RollCallTests {
    private func answer(
        build: String = "b1", variables: [String] = [], _ arguments: [String] = ["run", "a.json"], host: String = "h0"
    ) -> [UInt8] {
        RollCall(build: build, variables: variables, arguments: arguments, host: host).bytes
    }

    @Test func hostsMayDiffer() {
        #expect(RollCall.difference(answer(), answer(host: "h1"), rank: 1) == nil)
        #expect(answer().count == RollCall.size)
    }

    @Test func whatDiffersIsNamed() throws {
        let build = try #require(RollCall.difference(answer(), answer(build: "b2", host: "h1"), rank: 3))
        #expect(build.hasPrefix("rank 3 on h1 is another build of this program (b2) than rank 0 on h0 (b1)"))
        let variables = try #require(RollCall.difference(answer(), answer(variables: ["A=1"]), rank: 2))
        #expect(variables.contains("(A=1) than rank 0 (none)"))
        let line = try #require(RollCall.difference(answer(), answer(["run", "b.json"]), rank: 1))
        #expect(line.contains("rank 0 'run a.json', rank 1 'run b.json'"))
        #expect(try #require(RollCall.difference(answer(), answer([]), rank: 1)).contains("rank 1 none"))
    }

    /// What there is no room for differs all the same, and so do words that are split otherwise.
    @Test func whatIsNotShownCounts() {
        let long = (0..<500).map { "file\($0).json" }
        #expect(RollCall.difference(answer(long), answer(long + ["x"]), rank: 1) != nil)
        #expect(RollCall.difference(answer(long), answer(long), rank: 1) == nil)
        #expect(RollCall.difference(answer(["a b"]), answer(["a", "b"]), rank: 1) != nil)
    }

    @Test func answersOfOtherProgramsAreNoTrap() {
        for bytes in [[UInt8](repeating: 0, count: 1024), .init(repeating: 255, count: 1024), Array("12345678x".utf8)] {
            #expect(RollCall.difference(answer(), bytes, rank: 1) != nil)
        }
    }

    @Test func theParentDecidesWhetherThisIsARank() {
        let rank = ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2", "PMIX_NAMESPACE": "1", "PMIX_RANK": "2"]
        for parent in ["mpirun", "mpirun.openmpi", "orted", "mpiexec"] {
            let launch = Launch(environment: rank, parent: parent)
            #expect(launch.isDirect && launch.isOpenMPI && launch.claimedRank == 2)
        }
        let script = Launch(environment: rank, parent: "bash")
        #expect(script.isClaimed && !script.isDirect && !script.isOpenMPI)
        let other = Launch(environment: ["PMI_SIZE": "4", "PMI_RANK": "1"], parent: "hydra_pmi_proxy")
        #expect(other.isDirect && !other.isOpenMPI && other.claimedRank == 1)
        #expect(!Launch(environment: [:], parent: "mpirun").isClaimed)
    }
}
