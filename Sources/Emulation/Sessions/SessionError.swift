import Diagnostics
import MapReport
import StrictJSON
import Topology

/// What a client is told of a request that could not be done.
struct SessionError {
    var code: ExitCode
    var message: String
    var pointer: String?
    var file: String?

    init(_ error: any Error) {
        switch error {
        case let error as DocumentError:
            code = .badInput
            message = error.message
            if !error.pointer.isEmpty { pointer = error.pointer }
            if error.file != SessionRequest.fileName { file = error.file }
        case let error as Failure:
            code = error.exitCode
            message = error.message.hasPrefix("error ") ? String(error.message.dropFirst(6)) : error.message
        default:
            code = .bug
            message = "\(error)"
        }
    }

    var json: JSONText {
        var members: [(String, JSONText)] = [("code", .integer(Int(code.rawValue))), ("message", .string(message))]
        if let pointer { members.append(("pointer", .string(pointer))) }
        if let file { members.append(("file", .string(file))) }
        return .object(members)
    }
}
