/// An object with a known set of keys: unknown ones are refused, required ones are there.
public struct JSONObject {
    /// The object as a value.
    public let value: JSONValue
    /// What it describes, for messages: `a population`.
    public let what: String
    private let values: [String: JSONValue]

    /// The object `value`, which messages call `what`.
    ///
    /// - Throws: `DocumentError` with code `wrongType`, `unknownKey` or `missingKey`.
    public init(
        _ value: JSONValue, _ what: String, keys: [String], required: [String] = []
    ) throws(DocumentError) {
        guard value.isObject else { throw value.wrongType(what, "an object") }
        var values: [String: JSONValue] = [:]
        for (key, member) in value.members {
            guard keys.contains(key) else {
                let known = keys.isEmpty ? "it has no keys" : "it has " + Wording.choices(keys.sorted(), limit: 30)
                let suggestion = Wording.suggestion(for: key, of: keys)
                throw member.keyError(
                    .unknownKey,
                    "\(what) has no key \(Wording.quoted(key))" + (suggestion.isEmpty ? "; " + known : suggestion))
            }
            values[key] = member
        }
        for key in required where values[key] == nil {
            throw value.error(.missingKey, "\(what) needs the key \"\(key)\"")
        }
        self.value = value
        self.what = what
        self.values = values
    }

    /// The value of a key; `nil` where it was left out.
    public subscript(key: String) -> JSONValue? { values[key] }

    /// The keys there are.
    public var keys: [String] { values.keys.sorted() }

    /// The value of a required key.
    ///
    /// - Throws: `DocumentError` with code `missingKey`.
    public func require(_ key: String) throws(DocumentError) -> JSONValue {
        guard let member = values[key] else { throw value.error(.missingKey, "\(what) needs the key \"\(key)\"") }
        return member
    }

    /// The object's `type`, or another key that selects a variant, looked up before the other keys are checked.
    ///
    /// - Throws: `DocumentError` with code `wrongType`, `unknownName` or `missingKey`.
    public static func variant(
        of value: JSONValue, _ what: String, key: String = "type", in choices: [String]
    ) throws(DocumentError) -> String {
        guard value.isObject else { throw value.wrongType(what, "an object") }
        for member in value.members where member.key == key {
            let name = try member.value.string(key)
            guard choices.contains(name) else {
                let suggestion = Wording.suggestion(for: name, of: choices)
                throw member.value.error(
                    .unknownName,
                    "\(what) has no \(key) \(Wording.quoted(name))"
                        + (suggestion.isEmpty ? "; there are " + Wording.choices(choices, limit: 40) : suggestion))
            }
            return name
        }
        throw value.error(.missingKey, "\(what) needs the key \"\(key)\"")
    }

    /// As ``JSONValue/bool(_:)``; the fallback where the key was left out.
    public func bool(_ key: String, default fallback: Bool) throws(DocumentError) -> Bool {
        guard let member = values[key] else { return fallback }
        return try member.bool(key)
    }

    /// As ``JSONValue/integer(_:in:)``; `nil` where the key was left out.
    public func integer(_ key: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int? {
        guard let member = values[key] else { return nil }
        return try member.integer(key, in: range)
    }

    /// As ``JSONValue/number(_:_:)``; `nil` where the key was left out.
    public func number(_ key: String, _ range: ValueRange) throws(DocumentError) -> Double? {
        guard let member = values[key] else { return nil }
        return try member.number(key, range)
    }

    /// As ``JSONValue/string(_:)``; `nil` where the key was left out.
    public func string(_ key: String) throws(DocumentError) -> String? {
        guard let member = values[key] else { return nil }
        return try member.string(key)
    }
}
