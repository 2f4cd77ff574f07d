import Foundation
import Testing

/// Readers of other projects, called through Python.
///
/// `SPINNSIM_PYTHON` names the interpreter; default `python3`.
enum Python {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    static var interpreter: String { ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3" }

    /// What a script prints; `modules` have to be importable.
    static func run(_ script: String, _ arguments: [String] = [], modules: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let imports = modules.map { "import \($0)\n" }.joined()
        process.arguments = [interpreter, "-c", imports + script] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let problem = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let hint =
                problem.contains("ModuleNotFoundError")
                ? """

                To run this test: python3 -m venv VENV && VENV/bin/pip install libsonata h5py
                and set SPINNSIM_PYTHON=VENV/bin/python.
                """ : ""
            throw Failed(description: "\(interpreter) ended with \(process.terminationStatus):\n\(problem)\(hint)")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
