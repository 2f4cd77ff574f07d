import Diagnostics
import Foundation

/// A value of a golden file, with its place for error messages.
struct Golden {
    let value: Any
    let place: String

    /// Reads a file.
    ///
    /// - Throws: exit code 66 when it cannot be read, 65 when it is not JSON.
    static func file(at path: String) throws(Failure) -> Golden {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.noInput, "\(path): cannot be read")
        }
        do {
            return Golden(value: try JSONSerialization.jsonObject(with: data), place: "")
        } catch {
            throw Failure(.badInput, "\(path): is not JSON")
        }
    }

    private func wrong(_ wanted: String) -> Failure {
        Failure(.badInput, "\(place.isEmpty ? "the file" : place) is not \(wanted)")
    }

    /// A member, or `nil` when it is absent or null.
    func optional(_ key: String) throws(Failure) -> Golden? {
        guard let members = value as? [String: Any] else { throw wrong("an object") }
        guard let member = members[key], !(member is NSNull) else { return nil }
        return Golden(value: member, place: "\(place)/\(key)")
    }

    /// A member that has to be there.
    func member(_ key: String) throws(Failure) -> Golden {
        guard let member = try optional(key) else {
            throw Failure(.badInput, "\(place.isEmpty ? "the file" : place) has no \"\(key)\"")
        }
        return member
    }

    /// The member names, sorted.
    var keys: [String] { (value as? [String: Any])?.keys.sorted() ?? [] }

    /// The elements of an array.
    func array() throws(Failure) -> [Golden] {
        guard let elements = value as? [Any] else { throw wrong("an array") }
        return elements.enumerated().map { Golden(value: $1, place: "\(place)/\($0)") }
    }

    /// The elements of an array; `nil` for null.
    func elements() throws(Failure) -> [Golden?] {
        try array().map { $0.value is NSNull ? nil : $0 }
    }

    func bool() throws(Failure) -> Bool {
        guard let bool = value as? Bool else { throw wrong("true or false") }
        return bool
    }

    func int() throws(Failure) -> Int {
        guard let number = value as? NSNumber, let int = Int(exactly: number) else { throw wrong("an integer") }
        return int
    }

    func ints() throws(Failure) -> [Int] {
        guard let numbers = value as? [NSNumber] else { throw wrong("an array of integers") }
        var ints: [Int] = []
        ints.reserveCapacity(numbers.count)
        for number in numbers {
            guard let int = Int(exactly: number) else { throw wrong("an array of integers") }
            ints.append(int)
        }
        return ints
    }

    func words() throws(Failure) -> [UInt32] {
        let ints = try ints()
        guard ints.allSatisfy({ UInt32(exactly: $0) != nil }) else { throw wrong("an array of 32-bit words") }
        return ints.map { UInt32($0) }
    }

    /// A word of either sign as the raw signed word.
    func raw() throws(Failure) -> Int32 { Int32(truncatingIfNeeded: try int()) }

    /// A word of either sign as the raw unsigned word.
    func word() throws(Failure) -> UInt32 { UInt32(truncatingIfNeeded: try int()) }

    /// A number, or not-a-number where the file says `"NaN"`.
    func double() throws(Failure) -> Double {
        if let text = value as? String, text == "NaN" { return .nan }
        guard let number = value as? NSNumber else { throw wrong("a number") }
        return number.doubleValue
    }

    func string() throws(Failure) -> String {
        guard let text = value as? String else { throw wrong("a string") }
        return text
    }
}
