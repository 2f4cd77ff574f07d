/// An object with a known set of keys: unknown ones are refused, required ones are there.
struct JSONObject {
    let value: JSONValue
    /// What it describes, for messages: `a population`.
    let what: String
    private let values: [String: JSONValue]

    /// - Throws: `TopologyError` with code `wrongType`, `unknownKey` or `missingKey`.
    init(
        _ value: JSONValue, _ what: String, keys: [String], required: [String] = []
    ) throws(TopologyError) {
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

    subscript(key: String) -> JSONValue? { values[key] }

    /// The keys there are.
    var keys: [String] { values.keys.sorted() }

    /// The value of a required key.
    func require(_ key: String) throws(TopologyError) -> JSONValue {
        guard let member = values[key] else { throw value.error(.missingKey, "\(what) needs the key \"\(key)\"") }
        return member
    }

    /// The object's `type`, or another key that selects a variant, looked up before the other keys are checked.
    static func variant(
        of value: JSONValue, _ what: String, key: String = "type", in choices: [String]
    ) throws(TopologyError) -> String {
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

    func bool(_ key: String, default fallback: Bool) throws(TopologyError) -> Bool {
        guard let member = values[key] else { return fallback }
        return try member.bool(key)
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(TopologyError) -> Int? {
        guard let member = values[key] else { return nil }
        return try member.integer(key, in: range)
    }

    func number(_ key: String, _ range: ValueRange) throws(TopologyError) -> Double? {
        guard let member = values[key] else { return nil }
        return try member.number(key, range)
    }

    func string(_ key: String) throws(TopologyError) -> String? {
        guard let member = values[key] else { return nil }
        return try member.string(key)
    }
}
