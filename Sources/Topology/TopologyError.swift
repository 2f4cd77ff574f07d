import Diagnostics

/// Why a topology file was refused, and where.
public struct TopologyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of mistake.
    public enum Code: String, Sendable, CaseIterable {
        /// Not UTF-8, or bytes that no JSON text holds.
        case encoding
        /// Not JSON.
        case syntax
        /// Larger, deeper or longer than the reader allows.
        case limit
        /// The same key twice in an object.
        case duplicateKey
        /// A key the format does not have.
        case unknownKey
        /// A key the format requires.
        case missingKey
        /// A value of another type than the format asks for.
        case wrongType
        /// A value of the right type that is not allowed there.
        case outOfRange
        /// A name of a model, connector, distribution or population that does not exist.
        case unknownName
        /// A name used twice, or not allowed as a name.
        case badName
        /// Values that contradict each other.
        case conflict
    }

    /// The kind of mistake.
    public var code: Code
    /// The file as the user named it.
    public var file: String
    /// Line of the offending value, from 1.
    public var line: Int
    /// Column of the offending value in characters, from 1.
    public var column: Int
    /// JSON pointer (RFC 6901) to the offending value; empty for the whole document.
    public var pointer: String
    /// What was expected, what was found, and the remedy.
    public var message: String

    /// Makes an error at a place in a file.
    public init(code: Code, file: String, line: Int, column: Int, pointer: String, message: String) {
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.pointer = pointer
        self.message = message
    }

    /// `error FILE:LINE:COLUMN (POINTER): MESSAGE`.
    public var description: String { "error " + place + ": " + message }

    /// The same as a failure of the program: exit code 65 and the full message.
    public var failure: Failure { Failure(.badInput, description) }

    var place: String { "\(file):\(line):\(column)" + (pointer.isEmpty ? "" : " (\(pointer))") }
}

/// Something legal in a topology file that the user probably wants to know.
public struct TopologyWarning: Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// Line, from 1.
    public var line: Int
    /// Column in characters, from 1.
    public var column: Int
    /// JSON pointer (RFC 6901).
    public var pointer: String
    /// What was found, and what is made of it.
    public var message: String
    /// How many places the file has like this one, which is the first.
    public var count: Int

    /// Makes a warning at a place in a file.
    public init(file: String, line: Int, column: Int, pointer: String, message: String, count: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.pointer = pointer
        self.message = message
        self.count = count
    }

    /// `FILE:LINE:COLUMN (POINTER): MESSAGE`, for where something else says that it is a warning.
    public var text: String {
        "\(file):\(line):\(column)" + (pointer.isEmpty ? "" : " (\(pointer))") + ": " + message
            + (count > 1 ? " (and \(count - 1) more like this)" : "")
    }

    /// `warning FILE:LINE:COLUMN (POINTER): MESSAGE`.
    public var description: String { "warning " + text }
}

/// Bounds on what is read, so that no file can exhaust the machine that reads it.
public struct ReadingLimits: Sendable {
    /// Bytes of a file.
    public var bytes = 256 << 20
    /// Arrays and objects inside each other.
    public var depth = 64
    /// Bytes of one string or key.
    public var stringBytes = 1 << 20
    /// Values of a document; an array of numbers counts as one.
    public var values = 1 << 24
    /// Keys of one object; no object of the format has as many.
    public var keys = 256
    /// Characters of one number.
    public var numberBytes = 1024
    /// Warnings kept; later ones are only counted.
    public var warnings = 1000
    /// Rows of a `FromList` connector.
    public var rows = 1_000_000

    /// The limits of the contract.
    public init() {}
}
