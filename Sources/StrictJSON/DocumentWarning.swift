/// Something legal in a document that the user probably wants to know.
public struct DocumentWarning: Sendable, Equatable, CustomStringConvertible {
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
