import StrictJSON
import TestSupport
import Testing
import Topology

/// Whatever is done to a file, it is read or refused; nothing traps.
@Suite struct MutationTests {
    private static let documents =
        [contractExample] + Acceptances.all.suffix(40)
        + [
            Acceptances.everyModel,
            Sample.connector(#""type": "FromList", "conn_list": [[0, 19, 0.5, 1], [9, 0, -5e-1, 2]]"#),
        ]

    /// A small generator, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private func check(_ bytes: [UInt8]) {
        guard let error = refusal(bytes) else { return }
        #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty)
    }

    @Test func survivesTruncation() {
        let bytes = Array(contractExample.utf8)
        for count in bytes.indices {
            let error = refusal(Array(bytes[..<count]))
            #expect(error != nil)
        }
    }

    @Test(arguments: 0..<8) func survivesFlippedBytes(_ seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<1500 {
            var bytes = Array((Self.documents.randomElement(using: &generator) ?? contractExample).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            check(bytes)
        }
    }

    /// Puts hostile tokens where a number or word was.
    @Test(arguments: 0..<8) func survivesOtherTokens(_ seed: UInt64) {
        let tokens = [
            "0", "-1", "1e308", "-1e308", "5e-324", "9223372036854775807", "-9223372036854775808",
            "18446744073709551616",
            "2147483647", "4294967296", "1.5", "null", "true", "[]", "{}", "\"\"", "[[]]", "[1,2]", "\"a:b\"", "1e18",
            "\"9999999999999999999:99999999999999999999:0\"", "\"0:1:9223372036854775807\"", "-0", "-0.0", "65535",
            "65536",
            "[9223372036854775807, 1e308, -1e308]", "{\"distribution\": \"uniform\", \"low\": -1e308, \"high\": 1e308}",
            "{\"distribution\": \"lognormal\", \"mu\": 1e308, \"sigma\": 1e308}",
            "{\"distribution\": \"normal\", \"mu\": 1e308, \"sigma\": 1e308}",
            "{\"distribution\": \"gamma\", \"k\": 1e308, \"theta\": 1e308}",
            "{\"distribution\": \"uniform_int\", \"low\": -9007199254740992, \"high\": 9007199254740992}",
        ]
        var generator = Generator(state: seed)
        for _ in 0..<1500 {
            let bytes = Array((Self.documents.randomElement(using: &generator) ?? contractExample).utf8)
            // A value starts behind ": " in these documents.
            let starts = bytes.indices.filter {
                $0 > 1 && bytes[$0 - 1] == 0x20 && [0x3A, 0x2C].contains(bytes[$0 - 2])
            }
            guard let start = starts.randomElement(using: &generator) else { continue }
            let end = bytes[start...].firstIndex { [0x2C, 0x7D, 0x5D].contains($0) } ?? bytes.endIndex
            let token = Array((tokens.randomElement(using: &generator) ?? "0").utf8)
            let mutated = Array(bytes[..<start]) + token + Array(bytes[end...])
            check(mutated)
            // What is read can be estimated.
            if let network = try? TopologyReader.read(bytes: mutated, file: "").network {
                #expect(network.estimate(ranks: 64).bytes >= 0)
                #expect(network.simulation.steps >= 0)
            }
        }
    }
}
