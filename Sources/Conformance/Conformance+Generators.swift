import Diagnostics
import FixedPoint

extension Conformance {
    /// Replays `spinnaker-golden-rng-1`: one case per recorded stream or seed.
    static func checkGenerators(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        for name in file.keys {
            let place = try file.member(name)
            switch name {
            case "format", "note": continue
            case "mars_kiss64_seed":
                try seeded(place, name, &report) { random, _ in Int(random.next()) }
            case "exponential_dist_variate":
                try seeded(place, name, &report) { random, _ in Int(random.exponential()) }
            case "gaussian_dist_variate":
                try seeded(place, name, &report) { random, _ in Int(random.gaussian()) }
            case "poisson_dist_variate":
                try seeded(place, name, &report) { random, lambda in Int(random.poisson(lambda: lambda)) }
            case "mars_kiss64_simp":
                var random = KISS64.compiledIn
                try stream(place, name, &report) { Int(random.next()) }
            case "mars_kiss32":
                var random = KISS32()
                try stream(place, name, &report) { Int(random.next()) }
            case "validate_mars_kiss64_seed":
                for (number, golden) in try place.array().enumerated() {
                    let seed = try words4(golden.member("in"))
                    var check = CaseCheck("\(name)[\(number)]")
                    check.compare(
                        "seed", expected: try golden.member("out").words(),
                        found: state(KISS64(validatingSeed: (seed[0], seed[1], seed[2], seed[3]))))
                    report.count(check.mismatch)
                }
            default:
                report.notes.append("\(name): not supported yet, counted as failed")
                report.failed += 1
            }
        }
    }

    /// Four words.
    static func words4(_ golden: Golden) throws(Failure) -> [UInt32] {
        let words = try golden.words()
        guard words.count == 4 else { throw Failure(.badInput, "\(golden.place) has not four words") }
        return words
    }

    /// A generator's state in the order of the files.
    static func state(_ random: KISS64) -> [UInt32] { [random.x, random.y, random.z, random.c] }

    private static func stream(
        _ golden: Golden, _ name: String, _ report: inout ConformanceReport, _ next: () -> Int
    ) throws(Failure) {
        var check = CaseCheck(name)
        for (number, expected) in try golden.member("outputs").ints().enumerated() {
            check.compare("output", step: number, expected: expected, found: next())
        }
        report.count(check.mismatch)
    }

    private static func seeded(
        _ golden: Golden, _ name: String, _ report: inout ConformanceReport,
        _ draw: (inout KISS64, _ lambda: Int32) -> Int
    ) throws(Failure) {
        for (number, golden) in try golden.array().enumerated() {
            let seed = try words4(golden.member("seed"))
            let lambda = try golden.optional("lambda_raw_s1615")?.raw() ?? 0
            var random = KISS64(x: seed[0], y: seed[1], z: seed[2], c: seed[3])
            var check = CaseCheck("\(name)[\(number)]")
            for (step, expected) in try golden.member("outputs").ints().enumerated() {
                check.compare("output", step: step, expected: expected, found: draw(&random, lambda))
            }
            check.compare("final_state", expected: try golden.member("final_state").words(), found: state(random))
            report.count(check.mismatch)
        }
    }
}
