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
    private let bytes: UnsafeMutableBufferPointer<UInt8> = .allocate(capacity: 1 << 16)
    private var count = 0

    init(creating path: String) throws(Failure) { file = try OutputFile(creating: path) }

    deinit { bytes.deallocate() }

    func append(_ text: String) throws(Failure) { try append(Array(text.utf8)) }

    /// Appends the line `front number back`.
    func append(_ front: [UInt8], _ number: UInt64, _ back: [UInt8]) throws(Failure) {
        try append(front)
        // Digits from the last, at the end of 20 bytes that are then moved forward.
        if count + 20 > bytes.count { try write() }
        var at = count + 20
        var rest = number
        repeat {
            at -= 1
            bytes[at] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for i in at..<(count + 20) { bytes[count + i - at] = bytes[i] }
        count += count + 20 - at
        try append(back)
    }

    func append(_ text: [UInt8]) throws(Failure) {
        if count + text.count > bytes.count { try write() }
        guard text.count <= bytes.count else { return try file.write(text) }
        for i in 0..<text.count { bytes[count + i] = text[i] }
        count += text.count
    }

    func finish() throws(Failure) {
        try write()
        try file.finish()
    }

    private func write() throws(Failure) {
        try file.write(UnsafeRawBufferPointer(start: bytes.baseAddress, count: count))
        count = 0
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
        try text.append("time_ms,population,neuron\n")
    }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        var front: [UInt8] = []
        time.append(step, to: &front)
        front += fields[population]
        let newline = [UInt8(ascii: "\n")]
        for neuron in neurons { try text.append(front, UInt64(neuron), newline) }
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
        try text.append("# NEST version: spinnsim\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n")
    }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        var back = [UInt8(ascii: "\t")]
        time.append(step, to: &back)
        back.append(UInt8(ascii: "\n"))
        for neuron in neurons { try text.append([], first[population] + UInt64(neuron), back) }
    }

    public func finish() throws(Failure) { try text.finish() }
}
