import StrictJSON

/// What a client asks of a session.
public struct SessionRequest: Sendable {
    /// Where a document that a request brings is.
    public enum Document: Sendable, Equatable {
        /// A file, by its path.
        case file(String)
        /// Its text.
        case text([UInt8])
    }

    /// The commands, with what they are told.
    public enum Command: Sendable {
        case hello
        case load(Document, folder: String?, full: Bool?, seed: UInt64?)
        /// `steps`: `nil`: until something stops it.
        case run(steps: Int?, realTime: Bool)
        case stop
        case apply(Document, folder: String?)
        /// `variables`: by number of the population; `nil`: all that is recorded.
        case collect(variables: [Int: Set<String>]?, since: Int?, forget: Bool)
        case state(population: Int, variables: [String], neurons: NeuronSelection)
        case edges(projection: Int, pending: Bool, file: String?)
        case reset(seed: UInt64?)
        case checkpoint(file: String)
        case restore(file: String)
        case live(population: Int, on: Bool)
        case counts(population: Int)
        case inject(population: Int, indices: [Int], step: Int?)
        case rates(population: Int, ParameterValue)
        case map
        case report(folder: String, overwrite: Bool)
        case quit
    }

    /// The version of the protocol.
    public static let protocolNumber = 1

    /// Comes back in the answer.
    public var id: Int?
    public var command: Command

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - json: One JSON object.
    ///   - attachment: What came with it.
    ///   - network: The network that is loaded; `nil`: none.
    /// - Throws: `DocumentError` that points into the request.
    public static func read(
        json: [UInt8], attachment: [UInt8], network: Network?
    ) throws(DocumentError) -> SessionRequest {
        let document = try JSONReader.parse(bytes: json, file: fileName)
        var reader = SessionRequestReader(root: document.root, attachment: attachment, network: network)
        return try reader.read()
    }

    /// What stands for the file in errors that point into a request.
    public static let fileName = "request"
}

/// What is wanted of a request before it is read, or when it cannot be.
public struct SessionRequestHead: Sendable {
    public var command: String?
    public var id: Int?
    /// Bytes that follow.
    public var attachment = 0

    /// Takes what it can find.
    public init(_ json: [UInt8]) {
        guard let document = try? JSONReader.parse(bytes: json, file: SessionRequest.fileName) else { return }
        let root = document.root
        guard root.isObject else { return }
        for (key, value) in root.members {
            switch key {
            case "command": command = try? value.string(key)
            case "id": id = try? value.integer(key, in: SessionRequestReader.ids)
            case "attachment": attachment = (try? value.integer(key, in: 0...Int(UInt32.max))) ?? 0
            default: break
            }
        }
    }
}
