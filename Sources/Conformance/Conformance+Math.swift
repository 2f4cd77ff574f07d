import Diagnostics
import FixedPoint

extension Conformance {
    /// Functions of `math.json` by name: arguments as recorded, the result as the recorded kind of word.
    private static let functions: [String: @Sendable ([Int]) -> Int] = [
        "mul": { Int(Accum.multiply(raw($0[0]), raw($0[1]))) },
        "kdivk": { Int(Accum.divide(raw($0[0]), raw($0[1]))) },
        "kdivui": { Int(Accum.divide(raw($0[0]), byInteger: word($0[1]))) },
        "expk": { Int(Exponential.expk(raw($0[0]))) },
        "expulr": { Int(Exponential.expulr(raw($0[0]))) },
        "decay_s1615": { Int(Accum.decay(raw($0[0]), by: word($0[1]))) },
        "decay_s1615_to_u032": { Int(Accum.decayToFraction(raw($0[0]), by: word($0[1]))) },
        "sink": { Int(Sine.sink(raw($0[0]))) },
        "sqrtk": { Int(Accum.squareRoot(raw($0[0]))) },
        "norminv_urt": { Int(NormalQuantile.accum(ofUpperBits: word($0[0]))) },
        "ulr_to_k": { Int(Accum.fromFraction(word($0[0]))) },
        "k_to_ulr": { Int(Accum.toFraction(raw($0[0]))) },
        "k_shift_right_10": { Int(Accum.shiftRight(raw($0[0]), by: 10)) },
        "smul_ulr": { Int(Accum.multiplyFractions(word($0[0]), word($0[1]))) },
        "roundk_to_uint": { Int(UInt32(bitPattern: Accum.roundedToInteger(raw($0[0])))) },
        "mul_accum_stdp": { Int(Accum.multiply(raw($0[0]), s411: Int16(truncatingIfNeeded: $0[1]))) },
        "weight_to_input": { Int(Accum.input(UInt16(truncatingIfNeeded: $0[0]), leftShift: word($0[1]))) },
        "uniform": { Int(OnMachine.uniform(word($0[0]), low: raw($0[1]), high: raw($0[2]))) },
        "rescale_weight": { Int(OnMachine.rescaleWeight(raw($0[0]), scale: UInt64(truncatingIfNeeded: $0[1]))) },
        "rescale_delay": { Int(OnMachine.rescaleDelay(raw($0[0]), stepsPerMillisecond: raw($0[1]))) },
    ]

    private static let arguments = [
        "mul": 2, "kdivk": 2, "kdivui": 2, "decay_s1615": 2, "decay_s1615_to_u032": 2, "smul_ulr": 2,
        "mul_accum_stdp": 2, "weight_to_input": 2, "uniform": 3, "rescale_weight": 2, "rescale_delay": 2,
    ]

    private static func raw(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }
    private static func word(_ value: Int) -> UInt32 { UInt32(truncatingIfNeeded: value) }

    /// Replays `spinnaker-golden-math-1`: one case per argument tuple.
    static func checkMath(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        let tables = try file.member("functions")
        for name in tables.keys {
            let cases = try tables.member(name).member("cases").array()
            guard let function = functions[name] else {
                report.failed += cases.count
                report.notes.append("\(name): not supported yet, \(cases.count) cases failed")
                continue
            }
            for (number, golden) in cases.enumerated() {
                let values = try golden.ints()
                guard values.count == (arguments[name] ?? 1) + 1 else {
                    throw Failure(.badInput, "\(golden.place) has \(values.count) values")
                }
                var check = CaseCheck("\(name)[\(number)]")
                check.compare(
                    "\(name)(\(values.dropLast().map(String.init).joined(separator: ", ")))",
                    expected: values[values.count - 1], found: function(Array(values.dropLast())))
                report.count(check.mismatch)
            }
        }
    }
}
