/// What has to be the same on all ranks of a launch before they do anything together.
///
/// Ranks of different command lines enter different collective operations, which then never end or fail in each other's
/// place.
public struct RollCall: Equatable {
    /// Identifies the program's code.
    public var build: String
    /// Variables that change what ranks do together, `NAME=VALUE`.
    public var variables: [String]
    /// Without the program's own name, which may differ from host to host.
    public var arguments: [String]
    /// For messages only.
    public var host: String

    /// Bytes of a rank's answer, the same for all.
    public static let size = 1024

    public init(build: String, variables: [String], arguments: [String], host: String) {
        self.build = build
        self.variables = variables
        self.arguments = arguments
        self.host = host
    }

    /// The answer as it is sent, `[size]`: a hash of everything, then as much of the text as there is room for.
    public var bytes: [UInt8] {
        let fields = [build, String(variables.count)] + variables + arguments
        let compared = fields.joined(separator: "\0")
        let hash = Self.hash(compared)
        var bytes = withUnsafeBytes(of: hash.littleEndian, Array.init) + Array("\(host)\0\(compared)".utf8)
        // A field ends with a zero, so one that is cut off is seen.
        bytes.append(0)
        bytes = Array(bytes.prefix(Self.size))
        return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
    }

    /// FNV-1a of 64 bits.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// In what a rank's answer differs from that of the first rank; `nil` when it does not.
    ///
    /// - Returns: A message for the user.
    public static func difference(_ mine: [UInt8], _ other: [UInt8], rank: Int) -> String? {
        guard mine.prefix(8) != other.prefix(8) else { return nil }
        let (first, second) = (Answer(mine), Answer(other))
        let who = "rank \(rank) on \(second.host)"
        let remedy = "start all ranks of a launch with the same program and the same command line"
        if first.build != second.build {
            return "\(who) is another build of this program (\(second.build)) than rank 0 on \(first.host) "
                + "(\(first.build)); \(remedy)"
        }
        if first.variables != second.variables {
            func list(_ variables: [String]) -> String { variables.isEmpty ? "none" : variables.joined(separator: " ") }
            return
                "\(who) has other variables of this program in its environment (\(list(second.variables))) than rank 0 "
                + "(\(list(first.variables))); \(remedy)"
        }
        return "the ranks of this launch have different command lines: rank 0 \(first.words), rank \(rank) "
            + "\(second.words); \(remedy)"
    }

    /// What of an answer can be read back.
    private struct Answer {
        var host: String
        var build: String
        var variables: [String]
        var words: String

        init(_ bytes: [UInt8]) {
            // The last field is what follows the last zero: nothing, or what was cut off.
            var fields = bytes.dropFirst(8).split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            while fields.last == "" { fields.removeLast() }
            fields += [String](repeating: "", count: max(0, 3 - fields.count))
            host = fields[0]
            build = fields[1]
            let count = min(max(0, Int(fields[2]) ?? 0), fields.count - 3)
            variables = Array(fields[3..<3 + count])
            let arguments = fields[(3 + count)...].joined(separator: " ")
            words = arguments.isEmpty ? "none" : "'\(arguments)'"
        }
    }
}
