import Diagnostics
import Glibc

/// The spikes of a text file: lines `time_ms,population,neuron`, or `sender`, a tab, `time_ms`, below a line with these
/// names.
struct TextSpikes {
    private enum Columns { case csv, nest }

    private static let longestLine = 4096

    let path: String
    let population: String?

    func read(size: Int, _ take: (Double, Int) -> Void) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        defer { close(descriptor) }
        var reader = LineReader(size: size, wanted: population.map { Array($0.utf8) }, path: path)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        // What is left of the piece before: the beginning of a line.
        var left = 0
        while true {
            let room = bytes.count - left - 1
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + left, room) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(.noInput, "cannot read \(path): \(errnoText())")
            }
            var end = left + count
            if count == 0 {
                guard left > 0 else { break }
                bytes[end] = UInt8(ascii: "\n")
                end += 1
            }
            var start = 0
            for i in 0..<end where bytes[i] == UInt8(ascii: "\n") {
                try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                    try reader.line(UnsafeBufferPointer(rebasing: bytes[start..<i]), take)
                }
                start = i + 1
            }
            left = end - start
            guard left <= Self.longestLine else {
                throw reader.wrong("is longer than \(Self.longestLine) bytes", next: true)
            }
            for i in 0..<left { bytes[i] = bytes[start + i] }
            if count == 0 { break }
        }
        try reader.finish()
    }

    /// Understands line by line.
    private struct LineReader {
        let size: Int
        let wanted: [UInt8]?
        let path: String
        private var columns: Columns?
        private var number = 0
        private var mistakes = SpikeMistakes()
        /// The population of the first spike, where none is named.
        private var only: [UInt8]?

        init(size: Int, wanted: [UInt8]?, path: String) {
            self.size = size
            self.wanted = wanted
            self.path = path
        }

        func wrong(_ what: String, next: Bool = false) -> Failure {
            Failure(.badInput, "\(path):\(number + (next ? 1 : 0)): \(what)")
        }

        func finish() throws(Failure) {
            if columns == nil {
                throw Failure(
                    .badInput,
                    "\(path) has no line \"time_ms,population,neuron\" or \"sender<tab>time_ms\": it is neither SONATA "
                        + "nor a text that spinnsim gather writes")
            }
            if let text = mistakes.text { throw Failure(.badInput, text) }
        }

        mutating func line(_ text: UnsafeBufferPointer<UInt8>, _ take: (Double, Int) -> Void) throws(Failure) {
            number += 1
            var text = text[...]
            if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
            if text.isEmpty || text.first == UInt8(ascii: "#") { return }
            guard let columns else {
                if text.elementsEqual("time_ms,population,neuron".utf8) {
                    columns = .csv
                } else if text.elementsEqual("sender\ttime_ms".utf8) {
                    columns = .nest
                } else {
                    throw wrong("expected \"time_ms,population,neuron\" or \"sender<tab>time_ms\"")
                }
                if columns == .nest, wanted != nil { throw wrong("a NEST file does not name populations") }
                return
            }
            let fields = text.split(
                separator: columns == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard fields.count == (columns == .csv ? 3 : 2) else {
                throw wrong("has \(fields.count) fields instead of \(columns == .csv ? 3 : 2)")
            }
            if columns == .csv {
                if let wanted {
                    guard fields[1].elementsEqual(wanted) else { return }
                } else if let only {
                    guard fields[1].elementsEqual(only) else {
                        throw wrong("another population; say whose spikes to send with \"population\"")
                    }
                } else {
                    only = Array(fields[1])
                }
            }
            guard let time = Self.number(fields[columns == .csv ? 0 : 1]) else {
                throw wrong("a time must be a number of at least 0 ms")
            }
            guard let written = Self.integer(fields[columns == .csv ? 2 : 0]) else {
                throw wrong("a \(columns == .csv ? "neuron" : "sender") must be an integer")
            }
            let node = columns == .csv ? written : written - 1
            let (isTime, isNode) = (time >= 0, (0..<size).contains(node))
            if isTime, isNode { return take(time, node) }
            if !isTime { mistakes.add(.time, "\(path):\(number): a time must be at least 0 ms, got \(time)") }
            if !isNode {
                mistakes.add(
                    .node,
                    "\(path):\(number): \(columns == .csv ? "neuron" : "sender") \(written), and there are \(size) "
                        + "sources, from "
                        + (columns == .csv ? "0" : "1"))
            }
        }

        private static func integer(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
            guard !text.isEmpty, text.count <= 18 else { return nil }
            var value = 0
            for digit in text {
                guard (48...57).contains(digit) else { return nil }
                value = value * 10 + Int(digit - 48)
            }
            return value
        }

        /// A finite decimal number.
        private static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
            // Digits and a point, nearly always: exact as one division of integers below 2⁵³.
            var (value, scale, hasPoint, digits) = (0, 1, false, 0)
            for byte in text {
                if byte == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                } else if (48...57).contains(byte), digits < 15 {
                    value = value * 10 + Int(byte - 48)
                    if hasPoint { scale *= 10 }
                    digits += 1
                } else {
                    return Double(String(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
                }
            }
            return digits > 0 ? Double(value) / Double(scale) : nil
        }
    }
}
