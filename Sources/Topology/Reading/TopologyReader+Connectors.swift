import StrictJSON

extension TopologyReader {
    mutating func readConnector(
        _ rule: ReadRule, _ source: Population, _ target: Population, isSame: Bool, space: Space, _ synapse: Synapse,
        _ weights: inout WeightSigns
    ) throws(DocumentError) -> Connector {
        let allowSelf = rule.flag("allow_self_connections")
        let replace = rule.flag("with_replacement")
        let n = rule.integer("n")
        // Pairs (i, i) are left out.
        let excluded = isSame && !allowSelf
        switch rule.name {
        case "AllToAll": return .allToAll(allowSelfConnections: allowSelf)
        case "OneToOne":
            if source.size != target.size {
                warn(
                    rule.object.value,
                    "\(source.name) has \(source.size) neurons and \(target.name) has \(target.size); "
                        + "only the first \(min(source.size, target.size)) are joined", kind: "OneToOne sizes")
            }
            return .oneToOne
        case "FixedProbability":
            return .fixedProbability(p: rule.number("p_connect"), allowSelfConnections: allowSelf)
        case "FixedNumberPre":
            try checkDraws(rule, n, replace, from: source, excluded ? 1 : 0, "for each target")
            return .fixedNumberPre(n: n, withReplacement: replace, allowSelfConnections: allowSelf)
        case "FixedNumberPost":
            try checkDraws(rule, n, replace, from: target, excluded ? 1 : 0, "for each source")
            return .fixedNumberPost(n: n, withReplacement: replace, allowSelfConnections: allowSelf)
        case "FixedTotalNumber", "Multapse":
            // Both sizes are below 2³¹.
            let pairs = source.size * target.size - (excluded ? source.size : 0)
            guard n == 0 || pairs > 0, replace || n <= pairs else {
                throw rule.place("n").error(
                    .outOfRange,
                    "n must be at most \(pairs), the pairs between \(source.name) and \(target.name)"
                        + (replace ? "" : " without replacement") + ", got \(n)")
            }
            return .fixedTotalNumber(n: n, withReplacement: replace, allowSelfConnections: allowSelf)
        case "FromList":
            let limits = ConnectionRows.Limits(synapse, from: source, to: target, timestep: simulation.timestep)
            return .fixed(try readRows(rule.place("conn_list"), limits, &weights))
        case "FromFile":
            let population = rule.arguments["population"].map { _ in rule.text("population") }
            return .fromFile(ConnectionFileReference(reference: rule.text("file"), population: population))
        case "Array": return .fixed(try readArray(rule, source, target))
        case "AllButMe": return .fixed(try readAllButMe(rule, source, target, &weights))
        case "OneToOneOffset": return .fixed(try readOneToOneOffset(rule, source, target))
        case "Kernel":
            return .fixed(
                try readKernel(rule, source, target, onMachine: synapse.canBeGeneratedOnMachine, &weights))
        case "DistanceDependentProbability":
            return .pairwise(
                PairProbability(
                    kind: .distance(space),
                    expression: try readExpression(
                        rule.place("d_expression"), "d_expression", PairProbability.distanceVariables(space)),
                    allowSelfConnections: allowSelf))
        case "IndexBasedProbability":
            return .pairwise(
                PairProbability(
                    kind: .index,
                    expression: try readExpression(
                        rule.place("index_expression"), "index_expression", PairProbability.indexVariables),
                    allowSelfConnections: allowSelf))
        case "CSA":
            return try readConnectionSet(rule.place("cset"), source, target)
        case "SmallWorld":
            if rule.arguments["n_connections"] != nil {
                throw rule.place("n_connections").error(
                    .conflict,
                    "n_connections is not supported, as in sPyNNaker; degree alone says how many connections there are")
            }
            return .smallWorld(
                SmallWorld(
                    degree: rule.number("degree"), rewiring: rule.number("rewiring"), allowSelfConnections: allowSelf,
                    space: space))
        default: preconditionFailure("every connector of the catalogue is read")
        }
    }

    private func checkDraws(
        _ rule: ReadRule, _ n: Int, _ replace: Bool, from population: Population, _ excluded: Int, _ purpose: String
    ) throws(DocumentError) {
        let available = population.size - excluded
        guard n == 0 || available > 0, replace || n <= available else {
            throw rule.place("n").error(
                .outOfRange,
                "n must be at most \(available): \(population.name) has \(population.size) neurons"
                    + (excluded > 0 ? ", one of them is left out by allow_self_connections false" : "")
                    + (replace ? "" : ", and without replacement each is drawn once \(purpose)") + "; got \(n)")
        }
    }

    // MARK: - FromList

    private mutating func readRows(
        _ value: JSONValue, _ limits: ConnectionRows.Limits, _ weights: inout WeightSigns
    ) throws(DocumentError) -> ConnectionTable {
        guard value.isArray else { throw value.wrongType("conn_list", "an array of rows") }
        guard value.count <= self.limits.rows else {
            throw value.error(
                .limit, "conn_list has \(value.count) rows; beyond \(self.limits.rows) rows use a FromFile connector")
        }
        if let numbers = value.numbers, !numbers.isEmpty {
            throw value.error(.wrongType, "conn_list must be an array of rows [pre, post], got an array of numbers")
        }
        var rows = ConnectionRows(limits)
        rows.reserve(value.count)
        var width = 0
        for (ordinal, row) in value.elements.enumerated() {
            if width == 0 { width = row.count }
            guard let numbers = row.numbers, numbers.count == width, width == 2 || width == 4 else {
                throw badRow(row, ordinal, width)
            }
            let first = numbers.startIndex
            guard row.leadingIntegers >= 2, let pre = Int(exactly: numbers[first]),
                let post = Int(exactly: numbers[first + 1])
            else { throw badIndex(row, ordinal) }
            let mistake = rows.add(
                pre: pre, post: post, weight: width == 4 ? numbers[first + 2] : nil,
                delay: width == 4 ? numbers[first + 3] : nil)
            if let mistake {
                throw row.element(at: mistake.column.rawValue).error(
                    .outOfRange, "row \(ordinal) of conn_list: \(mistake.message)")
            }
        }
        for warning in rows.warnings(of: "conn_list") { warn(value, warning) }
        weights = rows.signs
        return rows.table()
    }

    private func badRow(_ row: JSONValue, _ ordinal: Int, _ width: Int) -> DocumentError {
        guard row.isArray else {
            return row.wrongType("row \(ordinal) of conn_list", "[pre, post] or [pre, post, weight, delay]")
        }
        for element in row.elements where !element.isNumber {
            return element.wrongType("each value in row \(ordinal) of conn_list", "a number")
        }
        guard row.count == 2 || row.count == 4 else {
            return row.error(
                .wrongType,
                "row \(ordinal) of conn_list must be [pre, post] or [pre, post, weight, delay], got \(row.found)")
        }
        return row.error(
            .conflict, "row \(ordinal) of conn_list must have \(width) values like the first, got \(row.count)")
    }

    private func badIndex(_ row: JSONValue, _ ordinal: Int) -> DocumentError {
        for (element, name) in zip(row.elements, ["pre", "post"]) {
            do throws(DocumentError) {
                _ = try element.integer("\(name) in row \(ordinal) of conn_list", in: 0...Self.largestSize)
            } catch { return error }
        }
        return row.error(.outOfRange, "row \(ordinal) of conn_list must start with two neuron indices")
    }
}
