import StrictJSON

// Arguments of connectors, rules and currents, read by their signature.
extension TopologyReader {
    /// A rule read from an object with a `type`.
    struct ReadRule {
        let name: String
        let object: JSONObject
        var arguments: [String: RuleArgument] = [:]

        func flag(_ name: String) -> Bool { if case .flag(let flag) = arguments[name] { flag } else { false } }
        func number(_ name: String) -> Double { if case .number(let number) = arguments[name] { number } else { 0 } }
        func optionalNumber(_ name: String) -> Double? { arguments[name].map { _ in number(name) } }
        func text(_ name: String) -> String { if case .text(let text) = arguments[name] { text } else { "" } }
        func numbers(_ name: String) -> [Double] { if case .numbers(let list) = arguments[name] { list } else { [] } }
        /// An integer argument; the reader has checked its range.
        func integer(_ name: String) -> Int { Int(exactly: number(name)) ?? 0 }
        /// The rows of a table; `nil` when there is none.
        func table(_ name: String) -> [[Double]]? {
            guard case .list(let rows) = arguments[name] else { return nil }
            return rows.map { if case .numbers(let row) = $0 { row } else { [] } }
        }
        /// Rows and columns of an extent or a pair.
        func grid(_ name: String) -> Kernel.Grid? {
            switch arguments[name] {
            case .number(let extent): Kernel.Grid(Int(extent), Int(extent))
            case .numbers(let pair) where pair.count == 2: Kernel.Grid(Int(pair[0]), Int(pair[1]))
            default: nil
            }
        }
        /// Where the connector's own weights stand, if it has any.
        var ownWeights: JSONValue? {
            ["conn_list", "weights", "weight_kernel"].lazy.compactMap { object[$0] }.first
        }
        /// Where an argument stands, or the rule when it has its default.
        func place(_ name: String) -> JSONValue { object[name] ?? object.value }
    }

    func readRule(
        _ value: JSONValue, _ what: String, _ signatures: [RuleSignature], besides keys: [String] = [],
        except unread: Set<String> = []
    ) throws(DocumentError) -> ReadRule {
        let name = try JSONObject.variant(of: value, what, in: signatures.map(\.name))
        let signature = signatures.first { $0.name == name }?.arguments ?? []
        let object = try JSONObject(
            value, "\(what) \(name)", keys: ["type"] + keys + signature.map(\.name),
            required: signature.filter(\.isRequired).map(\.name))
        var result = ReadRule(name: name, object: object)
        for argument in signature where !unread.contains(argument.name) {
            if let member = object[argument.name] {
                result.arguments[argument.name] = try readArgument(member, argument.name, argument.kind)
            } else if let fallback = argument.fallback {
                result.arguments[argument.name] = fallback
            }
        }
        return result
    }

    func readArgument(_ value: JSONValue, _ name: String, _ kind: ArgumentKind) throws(DocumentError) -> RuleArgument {
        switch kind {
        case .flag: return .flag(try value.bool(name))
        case .integer(let range): return .number(Double(try value.integer(name, in: range)))
        case .number(let range): return .number(try value.number(name, range))
        case .text:
            let text = try value.string(name)
            guard !text.isEmpty else { throw value.error(.outOfRange, "\(name) must not be empty") }
            return .text(text)
        case .path: return .text(try readPath(value, name))
        case .numbers(let range): return .numbers(try value.numberList(name, range))
        case .table(let range):
            guard value.kind == .array else { throw value.wrongType(name, "an array of rows of numbers") }
            var rows: [RuleArgument] = []
            for row in value.elements {
                let numbers = try row.numberList(name, range)
                if case .numbers(let first) = rows.first, first.count != numbers.count {
                    throw row.error(
                        .conflict,
                        "each row of \(name) must have \(first.count) values like the first, got \(numbers.count)")
                }
                rows.append(.numbers(numbers))
            }
            return .list(rows)
        case .tableOrList(let range):
            if value.kind != .array { return .numbers(try value.numberList(name, range)) }
            var rows: [RuleArgument] = []
            for row in value.elements { rows.append(.numbers(try row.numberList("each list of " + name, range))) }
            return .list(rows)
        case .extent(let range):
            if value.isArray { return try readArgument(value, name, .pair(range)) }
            guard value.isNumber else { throw value.wrongType(name, "an integer or [rows, columns]") }
            return .number(Double(try value.integer(name, in: range)))
        case .pair(let range):
            guard value.isArray, value.count == 2 else { throw value.wrongType(name, "[rows, columns]") }
            return .numbers(try value.integerList(name, in: range).map { Double($0) })
        }
    }

    /// A file reference: a relative path that cannot leave the topology's own folder.
    ///
    /// Links on the way are the opener's to refuse; here the text alone is judged.
    func readPath(_ value: JSONValue, _ name: String) throws(DocumentError) -> String {
        let path = try value.string(name)
        func refuse(_ reason: String) -> DocumentError {
            value.error(
                .outOfRange,
                "\(name) must be a path inside the topology's own folder, got \(value.found): \(reason)")
        }
        if path.isEmpty { throw refuse("it is empty") }
        if path.utf8.count > 1024 { throw refuse("it is longer than 1024 bytes") }
        if path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw refuse("it holds a control character")
        }
        if path.hasPrefix("/") { throw refuse("it is absolute") }
        if path.hasPrefix("~") { throw refuse("it refers to a home folder") }
        if path.contains("\\") { throw refuse("folders are separated by '/'") }
        if path.contains("$") { throw refuse("variables are not replaced") }
        if path.contains(":") { throw refuse("it looks like a URL") }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("..") { throw refuse("it leaves the folder") }
        if parts.contains("") || parts.contains(".") { throw refuse("it holds an empty folder name or '.'") }
        return path
    }
}
