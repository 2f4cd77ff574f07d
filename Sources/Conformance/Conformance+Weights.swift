import Diagnostics
import FixedPoint
import Foundation
import StrictJSON
import Synapses
import Topology

extension Conformance {
    /// Replays `spinnsim-mapgold-weights/1`: one case per network, per set of rows, and per delay.
    static func checkWeights(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        for golden in try file.member("configs").array() {
            report.count(try checkConfiguration(golden))
        }
        for (number, golden) in try file.member("rows").array().enumerated() {
            report.count(try checkHostRows(golden, "rows[\(number)]"))
        }
        for (number, golden) in try file.member("delay_rounding").array().enumerated() {
            var check = CaseCheck("delay_rounding[\(number)]")
            let timestep = try golden.member("timestep").double()
            let steps = WeightScaling.delaySteps(try golden.member("delay_ms").double(), timestep: timestep)
            check.compare("steps", expected: try golden.member("steps").int(), found: steps)
            compare(
                "rounded_ms", expected: try golden.member("rounded_ms").double(), found: Double(steps) * timestep,
                &check)
            report.count(check.mismatch)
        }
    }

    /// The same topology with lists of connections whose weights are magnitudes, which the chip keeps: its tools were
    /// given lists of both signs, and files of topologies may not have them.
    private static func withMagnitudes(_ value: Any) -> Any {
        guard var topology = value as? [String: Any], var projections = topology["projections"] as? [[String: Any]]
        else { return value }
        for index in projections.indices {
            guard var connector = projections[index]["connector"] as? [String: Any],
                let list = connector["conn_list"] as? [[Double]]
            else { continue }
            connector["conn_list"] = list.map { row in
                row.enumerated().map { $0.offset == 2 ? $0.element.magnitude : $0.element }
            }
            projections[index]["connector"] = connector
        }
        topology["projections"] = projections
        return topology
    }

    /// The network that a member spells out.
    private static func network(_ golden: Golden) throws(Failure) -> Network {
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONSerialization.data(withJSONObject: withMagnitudes(golden.value)))
        } catch {
            throw Failure(.badInput, "\(golden.place) is not a JSON object")
        }
        do throws(DocumentError) {
            return try TopologyReader.read(bytes: bytes, file: golden.place).network
        } catch {
            throw Failure(.badInput, error.description)
        }
    }

    /// Compares statistics, which come out of different numerical routines, to 9 digits.
    private static func compare(
        _ field: @autoclosure () -> String, expected: Double, found: Double, _ check: inout CaseCheck
    ) {
        if expected.isNaN, found.isNaN { return }
        let tolerance = 1e-9 * max(expected.magnitude, found.magnitude) + 1e-15
        guard !((expected - found).magnitude <= tolerance) else { return }
        check.fail(field(), expected: "\(expected)", found: "\(found)")
    }

    private static func checkConfiguration(_ golden: Golden) throws(Failure) -> Mismatch? {
        var check = CaseCheck(try golden.member("name").string())
        let network = try network(golden.member("topology"))
        let estimates = WeightScaling.estimates(network)
        check.compare("shifts", expected: estimates.map { $0.map(\.scale) }, found: WeightScaling.shifts(network))
        for expected in try golden.member("expected").array() {
            let name = try expected.member("population").string()
            guard let post = network.populations.firstIndex(where: { $0.name == name }) else {
                throw Failure(.badInput, "\(expected.place): no population \(name)")
            }
            let receptors = network.populations[post].model.receptors
            let golden = try expected.member("receptors").array()
            check.compare("number of receptors of \(name)", expected: golden.count, found: estimates[post].count)
            guard golden.count == estimates[post].count else { return check.mismatch }
            for (type, golden) in golden.enumerated() {
                check.compare(
                    "receptor \(type)", expected: try golden.member("receptor").string(), found: receptors[type])
                try compareEstimate(golden, estimates[post][type], "\(name).\(receptors[type])", &check)
            }
            let incoming = network.projections.filter { $0.post == post }
            for (projection, golden) in zip(incoming, try expected.member("projections").array()) {
                try compareProjection(golden, projection, network, estimates[post], &check)
            }
        }
        return check.mismatch
    }

    private static func compareEstimate(
        _ golden: Golden, _ estimate: RingBufferEstimate, _ name: String, _ check: inout CaseCheck
    ) throws(Failure) {
        check.compare(
            "\(name) ring_buffer_shift", expected: try golden.member("ring_buffer_shift").int(),
            found: estimate.scale.leftShift)
        for (field, value) in [
            ("weight_scale", estimate.scale.weightScale), ("max_expected_weight", estimate.expectedMaximum),
            ("total_weight", estimate.total), ("biggest_weight", estimate.biggest), ("n_items", estimate.count),
            ("mean", estimate.mean), ("variance", estimate.variance), ("mean_rate", estimate.meanRate),
            ("delay_variance", estimate.delayVariance),
        ] {
            compare("\(name) \(field)", expected: try golden.member(field).double(), found: value, &check)
        }
        if let expected = try golden.optional("upper_bound")?.double() {
            compare("\(name) upper_bound", expected: expected, found: estimate.upperBound ?? .infinity, &check)
        } else if let found = estimate.upperBound {
            check.fail("\(name) upper_bound", expected: "none", found: "\(found)")
        }
    }

    private static func compareProjection(
        _ golden: Golden, _ projection: Projection, _ network: Network, _ estimates: [RingBufferEstimate],
        _ check: inout CaseCheck
    ) throws(Failure) {
        let statistics = ProjectionStatistics(projection, in: network)
        let name = projection.name
        for (field, value) in [
            ("n_conns_to_post_max", statistics.mostPerTarget), ("weight_mean", statistics.weightMean),
            ("weight_variance", statistics.weightVariance), ("weight_max", statistics.weightMaximum),
            ("delay_variance", statistics.delayVariance), ("delay_max_ms", statistics.delayMaximum),
        ] {
            compare("\(name) \(field)", expected: try golden.member(field).double(), found: value, &check)
        }
        let type = try golden.member("synapse_type").int()
        guard estimates.indices.contains(type) else {
            throw Failure(.badInput, "\(golden.place): no synapse type \(type)")
        }
        let scale = estimates[type].scale.weightScale
        if case .number(let weight) = projection.synapse.weight {
            let stored = WeightScaling.quantise(weight, scale: scale)
            if let expected = try golden.optional("quantised_u16")?.int() {
                check.compare("\(name) quantised_u16", expected: expected, found: Int(stored))
            }
            if let expected = try golden.optional("weight_seen_by_neuron")?.double() {
                compare("\(name) weight_seen_by_neuron", expected: expected, found: Double(stored) / scale, &check)
            }
        }
        if case .number(let delay) = projection.synapse.delay ?? .number(network.simulation.timestep),
            let expected = try golden.optional("constant_delay_steps")?.int()
        {
            let steps = max(1, WeightScaling.delaySteps(delay, timestep: network.simulation.timestep))
            check.compare("\(name) constant_delay_steps", expected: expected, found: steps)
        }
    }

    private static func checkHostRows(_ golden: Golden, _ name: String) throws(Failure) -> Mismatch? {
        var check = CaseCheck(name)
        let network = try network(golden.member("topology"))
        let timestep = try golden.member("timestep").double()
        let shifts = try golden.member("ring_buffer_shifts").ints()
        let post = network.projections.first?.post ?? 0
        let estimates = WeightScaling.estimates(network)[post]
        check.compare("ring_buffer_shifts", expected: shifts, found: estimates.map(\.scale.leftShift))
        for (type, scale) in try golden.member("weight_scales").array().enumerated() where type < estimates.count {
            check.compare(
                "weight_scales[\(type)]", expected: try scale.double(), found: estimates[type].scale.weightScale)
        }
        let indexBits = try golden.member("neuron_bits").int()
        let typeBits = try golden.member("type_bits").int()
        guard (0...14).contains(indexBits), (0...14 - indexBits).contains(typeBits) else {
            throw Failure(.badInput, "\(golden.place): index and type exceed 14 bits")
        }
        let layout = ChipRowLayout(indexBits: indexBits, typeBits: typeBits, delayBits: 14 - indexBits - typeBits)
        for synapse in try golden.member("synapses").array() {
            let source = try synapse.member("source").int()
            let type = try synapse.member("synapse_type").int()
            guard estimates.indices.contains(type) else {
                throw Failure(.badInput, "\(synapse.place): no synapse type \(type)")
            }
            let weight = WeightScaling.quantise(
                try synapse.member("weight").double(), scale: estimates[type].scale.weightScale)
            let delay = max(1, WeightScaling.delaySteps(try synapse.member("delay_ms").double(), timestep: timestep))
            check.compare(
                "weight_u16 of \(source)", expected: try synapse.member("weight_u16").int(), found: Int(weight))
            check.compare("delay_field of \(source)", expected: try synapse.member("delay_field").int(), found: delay)
            let target = ChipSynapse(
                weight: weight, delay: delay, type: type, index: try synapse.member("target").int())
            check.compare(
                "row_words of \(source)", expected: try synapse.member("row_words").words(),
                found: ChipRow([target], layout: layout).words)
            compare(
                "delay_after_clip_ms of \(source)", expected: try synapse.member("delay_after_clip_ms").double(),
                found: Double(delay) * timestep, &check)
        }
        return check.mismatch
    }
}
