import Diagnostics

/// Why a document was refused, and where.
public struct DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
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
        /// An option that stands in for a value of the document, and may not be what it is.
        case option
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

    /// The same as a failure of the program: exit code 65 and the full message, or 64 where an option was wrong.
    public var failure: Failure {
        code == .option ? Failure(.usage, message) : Failure(.badInput, description)
    }

    /// `FILE:LINE:COLUMN (POINTER)`.
    public var place: String { "\(file):\(line):\(column)" + (pointer.isEmpty ? "" : " (\(pointer))") }
}
