import Diagnostics

/// Times of steps as decimal text: exact, where `Double` arithmetic would print 0.30000000000000004.
struct StepTime {
    /// Decimals written.
    let decimals: Int
    private let timestep: Double
    /// The timestep in units of the last decimal; `nil` when it has no short decimal form.
    private let units: UInt64?

    /// - Parameter decimals: fewest decimals written.
    init(timestep: Double, decimals: Int = 1) {
        self.timestep = timestep
        var scale = 1.0
        var found: (decimals: Int, units: UInt64)?
        for digits in 0...9 {
            let scaled = timestep * scale
            if digits >= decimals, scaled >= 1, scaled < 1e9, abs(scaled - scaled.rounded()) < 1e-12 * scaled {
                found = (digits, UInt64(scaled.rounded()))
                break
            }
            scale *= 10
        }
        units = found?.units
        self.decimals = found?.decimals ?? 0
    }

    /// Appends the time of `step` in ms.
    func append(_ step: UInt32, to bytes: inout [UInt8]) {
        guard let units else {
            bytes.append(contentsOf: "\(Double(step) * timestep)".utf8)
            return
        }
        var digits: [UInt8] = []
        var rest = UInt64(step) * units
        while rest > 0 || digits.count <= decimals {
            if digits.count == decimals && decimals > 0 && !digits.contains(UInt8(ascii: ".")) {
                digits.append(UInt8(ascii: "."))
            }
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes.append(contentsOf: digits.reversed())
    }
}

/// Text of spikes, a line each, written in pieces.
final class SpikeText {
    private var file: OutputFile
    var bytes: [UInt8] = []

    init(creating path: String) throws(Failure) {
        file = try OutputFile(creating: path)
        bytes.reserveCapacity(1 << 17)
    }

    func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    func append(_ number: UInt64) {
        var number = number
        var digits: (UInt64, count: Int) = (0, 0)
        // At most 20 digits; short numbers are the rule, so they are turned round in a word.
        if number < 10_000_000_000_000_000 {
            repeat {
                digits.0 = digits.0 << 4 | number % 10
                digits.count += 1
                number /= 10
            } while number > 0
            for _ in 0..<digits.count {
                bytes.append(UInt8(ascii: "0") + UInt8(digits.0 & 15))
                digits.0 >>= 4
            }
        } else {
            append(String(number))
        }
    }

    func writeWhenFull() throws(Failure) {
        if bytes.count >= 1 << 16 { try write() }
    }

    func finish() throws(Failure) {
        try write()
        try file.finish()
    }

    private func write() throws(Failure) {
        try file.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}

/// Writes spikes as CSV: `time_ms,population,neuron`.
public final class CSVSpikeWriter: SpikeSink {
    private let text: SpikeText
    private let time: StepTime
    private let fields: [[UInt8]]

    /// Creates the file at `path`, which must not exist.
    public init(creating path: String, run: RunDescription) throws(Failure) {
        text = try SpikeText(creating: path)
        time = StepTime(timestep: run.timestep)
        fields = run.populations.map { Array(",\(CSVSpikeWriter.field($0.name)),".utf8) }
        text.append("time_ms,population,neuron\n")
    }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        var front: [UInt8] = []
        time.append(step, to: &front)
        front += fields[population]
        for neuron in neurons {
            text.bytes.append(contentsOf: front)
            text.append(UInt64(neuron))
            text.bytes.append(UInt8(ascii: "\n"))
            try text.writeWhenFull()
        }
    }

    public func finish() throws(Failure) { try text.finish() }

    /// A text as one CSV field that no spreadsheet takes for a formula.
    static func field(_ text: String) -> String {
        let text = "=+-@\t\r".contains(text.first ?? " ") ? "'\(text)" : text
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}

/// Writes spikes the way NEST's ASCII recording backend does: `sender`, a tab, `time_ms`.
///
/// Senders are numbered from 1 through all populations in file order, as NEST numbers nodes in order of creation.
public final class NESTSpikeWriter: SpikeSink {
    private let text: SpikeText
    private let time: StepTime
    private let first: [UInt64]

    /// Creates the file at `path`, which must not exist.
    public init(creating path: String, run: RunDescription) throws(Failure) {
        text = try SpikeText(creating: path)
        time = StepTime(timestep: run.timestep, decimals: 3)
        var next: UInt64 = 1
        first = run.populations.map { population in
            defer { next += UInt64(population.size) }
            return next
        }
        text.append("# NEST version: spinnsim\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n")
    }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        var back = [UInt8(ascii: "\t")]
        time.append(step, to: &back)
        back.append(UInt8(ascii: "\n"))
        for neuron in neurons {
            text.append(first[population] + UInt64(neuron))
            text.bytes.append(contentsOf: back)
            try text.writeWhenFull()
        }
    }

    public func finish() throws(Failure) { try text.finish() }
}
