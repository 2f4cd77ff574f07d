import StrictJSON

// Connectors whose connections no draw decides.
extension TopologyReader {
    /// Lines of a grid times lines of its kernel.
    private static let mostTaps = 1 << 26

    // MARK: - Array

    func readArray(_ rule: ReadRule, _ source: Population, _ target: Population) throws(DocumentError)
        -> ConnectionArray
    {
        let rows = rule.table("array") ?? []
        let value = rule.place("array")
        guard rows.count == source.size, rows.first?.count == target.size else {
            throw value.error(
                .conflict,
                "array must have a row for each of the \(source.size) neurons of \(source.name) and a column for each "
                    + "of the \(target.size) of \(target.name), got \(rows.count) rows of \(rows.first?.count ?? 0)")
        }
        var (pre, post): ([Int32], [Int32]) = ([], [])
        for (i, row) in rows.enumerated() {
            for (j, entry) in row.enumerated() where entry != 0 {
                guard entry == 1 else {
                    throw value.elements[i].error(
                        .outOfRange, "each value of array must be 0 or 1, got \(Wording.number(entry))")
                }
                pre.append(Int32(truncatingIfNeeded: i))
                post.append(Int32(truncatingIfNeeded: j))
            }
        }
        return ConnectionArray(pre: pre, post: post)
    }

    // MARK: - Groups

    private func readGroupSize(
        _ rule: ReadRule, _ source: Population, _ target: Population
    ) throws(DocumentError) -> Int? {
        guard rule.arguments["n_neurons_per_group"] != nil else { return nil }
        let size = rule.integer("n_neurons_per_group")
        let most = min(source.size, target.size)
        guard size <= most else {
            throw rule.place("n_neurons_per_group").error(
                .outOfRange,
                "n_neurons_per_group must be at most \(most), the size of the smaller population, got \(size)")
        }
        return size
    }

    private mutating func warnOfGroups(
        _ rule: ReadRule, _ source: Population, _ target: Population, _ size: Int
    ) {
        if source.size != target.size {
            warn(
                rule.object.value,
                "\(source.name) has \(source.size) neurons and \(target.name) has \(target.size); neurons beyond the "
                    + "smaller population's groups have no connections here", kind: "\(rule.name) sizes")
        } else if source.size % size != 0 {
            warn(
                rule.object.value, "the last group has \(source.size % size) neurons, the others have \(size)",
                kind: "\(rule.name) groups")
        }
    }

    mutating func readAllButMe(
        _ rule: ReadRule, _ source: Population, _ target: Population, _ weights: inout WeightSigns
    ) throws(DocumentError) -> AllButMe {
        let size = try readGroupSize(rule, source, target) ?? min(source.size, target.size)
        warnOfGroups(rule, source, target, size)
        let own = rule.numbers("weights")
        if rule.arguments["weights"] != nil {
            let expected = size.multipliedClamped(by: size - 1)
            guard own.count == expected else {
                throw rule.place("weights").error(
                    .conflict,
                    "weights must have \(expected) values, one for each of the \(size) sources of a group and its "
                        + "\(size - 1) targets, got \(own.count)")
            }
            for weight in own { weights.add(weight) }
        }
        return AllButMe(preSize: source.size, postSize: target.size, groupSize: size, weights: own)
    }

    mutating func readOneToOneOffset(
        _ rule: ReadRule, _ source: Population, _ target: Population
    ) throws(DocumentError) -> OneToOneOffset {
        let size = try readGroupSize(rule, source, target) ?? source.size
        warnOfGroups(rule, source, target, size)
        let offset = rule.integer("offset")
        guard offset.magnitude <= size else {
            throw rule.place("offset").error(
                .outOfRange, "offset must be from \(-size) to \(size), the neurons of a group, got \(offset)")
        }
        return OneToOneOffset(
            preSize: source.size, postSize: target.size, offset: offset, wraps: rule.flag("wrap"), groupSize: size)
    }

    // MARK: - Kernels

    private func requireFew(_ taps: [(lines: Int, kernel: Int)], at value: JSONValue) throws(DocumentError) {
        for (lines, kernel) in taps where lines.multipliedClamped(by: max(1, kernel)) > Self.mostTaps {
            throw value.error(
                .limit, "a kernel of \(kernel) rows or columns over \(lines) is more than this program lays out")
        }
    }

    mutating func readKernel(
        _ rule: ReadRule, _ source: Population, _ target: Population, onMachine: Bool, _ weights: inout WeightSigns
    ) throws(DocumentError) -> Kernel {
        let one = Kernel.Grid(1, 1)
        let (pre, post) = (rule.grid("shape_pre") ?? one, rule.grid("shape_post") ?? one)
        let shape = rule.grid("shape_kernel") ?? one
        for (name, grid, population) in [("shape_pre", pre, source), ("shape_post", post, target)]
        where grid.size != population.size {
            throw rule.place(name).error(
                .conflict,
                "\(name) has \(grid.size) places, and \(population.name) has \(population.size) neurons")
        }
        try requireFew(
            [(post.rows, min(shape.rows, pre.rows)), (post.columns, min(shape.columns, pre.columns))],
            at: rule.place("shape_kernel"))
        func values(_ name: String) throws(DocumentError) -> [Double] {
            guard let table = rule.table(name) else { return [] }
            guard table.count == shape.rows, table.first?.count == shape.columns else {
                throw rule.place(name).error(
                    .conflict,
                    "\(name) must have \(shape.rows) rows of \(shape.columns) values, as shape_kernel says, got "
                        + "\(table.count) of \(table.first?.count ?? 0)")
            }
            return table.flatMap { $0 }
        }
        let own = try values("weight_kernel")
        for weight in own { weights.add(weight) }
        let delays = try values("delay_kernel")
        for delay in delays {
            if let mistake = Delays.mistake(delay, timestep: simulation.timestep) {
                throw rule.place("delay_kernel").error(.outOfRange, mistake)
            }
        }
        return Kernel(
            pre: pre, post: post, shape: shape, weights: own, delays: delays.map { max($0, simulation.timestep) },
            preSteps: rule.grid("pre_sample_steps_in_post") ?? one,
            preStart: rule.grid("pre_start_coords_in_post") ?? Kernel.Grid(0, 0),
            postSteps: rule.grid("post_sample_steps_in_pre") ?? one,
            postStart: rule.grid("post_start_coords_in_pre") ?? Kernel.Grid(0, 0), onMachine: onMachine)
    }

    // MARK: - Weights of both signs

    /// A connector with receptors of its own: the connections of each sign there is.
    ///
    /// - Returns: the receptor's name where there are two, and the connections.
    func readSigned(
        _ rule: ReadRule, _ source: Population, _ target: Population, _ receptor: JSONValue?
    ) throws(DocumentError) -> [(String?, (receptor: String, connections: any ConnectionPattern))] {
        if let receptor {
            throw receptor.keyError(
                .conflict,
                "\(rule.name) names its receptors itself: use positive_receptor_type and negative_receptor_type")
        }
        var receptors: [Bool: String] = [:]
        for (positive, key) in [(true, "positive_receptor_type"), (false, "negative_receptor_type")] {
            let name = rule.text(key)
            guard target.model.receptors.contains(name) else {
                throw rule.place(key).error(
                    .unknownName,
                    "\(target.model.name) has no receptor \(Wording.quoted(name)); it has "
                        + Wording.choices(target.model.receptors).replacing(" or ", with: " and "))
            }
            receptors[positive] = name
        }
        let (weights, pattern) =
            rule.name == "Convolution"
            ? try readConvolution(rule, source, target) : try readPoolDense(rule, source, target)
        let signs = [true, false].filter { positive in weights.contains { positive ? $0 > 0 : $0 < 0 } }
        return (signs.isEmpty ? [true] : signs).map { positive in
            let name = receptors[positive] ?? ""
            return (signs.count > 1 ? name : nil, (name, pattern(positive)))
        }
    }

    private func readConvolution(
        _ rule: ReadRule, _ source: Population, _ target: Population
    ) throws(DocumentError) -> ([Double], (Bool) -> any ConnectionPattern) {
        let table = rule.table("kernel_weights") ?? []
        let kernel = Kernel.Grid(table.count, table.first?.count ?? 0)
        guard kernel.columns > 0 else {
            throw rule.place("kernel_weights").error(.outOfRange, "kernel_weights must not be empty")
        }
        if let shape = rule.grid("kernel_shape"), shape != kernel {
            throw rule.place("kernel_shape").error(
                .conflict,
                "kernel_shape is \(shape.rows) by \(shape.columns), and kernel_weights has \(kernel.rows) rows of "
                    + "\(kernel.columns)")
        }
        for population in [source, target] where population.shape.count != 2 {
            throw rule.object.value.error(
                .conflict,
                "a Convolution joins two populations with a \"shape\" of rows and columns, and \(population.name) has "
                    + "none"
            )
        }
        var shape = Convolution.Shape(pre: Kernel.Grid(source.shape[0], source.shape[1]), kernel: kernel)
        shape.strides = rule.grid("strides") ?? shape.strides
        shape.padding = rule.grid("padding") ?? shape.padding
        let pool = rule.grid("pool_shape")
        shape.poolStride = rule.grid("pool_stride") ?? pool ?? shape.poolStride
        let post = shape.post
        guard [post.rows, post.columns] == target.shape else {
            throw rule.object.value.error(
                .conflict,
                "this Convolution makes \(post.rows) rows and \(post.columns) columns of the \(source.shape[0]) and "
                    + "\(source.shape[1]) of \(source.name), and \(target.name) has the shape \(target.shape)")
        }
        try requireFew(
            [
                (post.rows, kernel.rows.multipliedClamped(by: min(shape.poolStride.rows, source.shape[0]))),
                (post.columns, kernel.columns.multipliedClamped(by: min(shape.poolStride.columns, source.shape[1]))),
            ], at: rule.object.value)
        let area = Double(pool?.size ?? 1)
        let weights = table.flatMap { row in row.map { $0 / area } }
        return (weights, { Convolution(shape, weights: weights, positive: $0) })
    }

    private func readPoolDense(
        _ rule: ReadRule, _ source: Population, _ target: Population
    ) throws(DocumentError) -> ([Double], (Bool) -> any ConnectionPattern) {
        func extents(_ name: String) throws(DocumentError) -> [Int]? {
            switch rule.arguments[name] {
            case .number(let extent): return source.shape.map { _ in Int(extent) }
            case .numbers(let list):
                guard list.count == source.shape.count else {
                    throw rule.place(name).error(
                        .conflict, "\(name) must have an extent for each of the \(source.shape.count) of \(source.name)"
                    )
                }
                return list.map { Int($0) }
            default: return nil
            }
        }
        let pool = try extents("pool_shape")
        let stride = try extents("pool_stride") ?? pool ?? source.shape.map { _ in 1 }
        let places = PoolDense.pooledShape(source.shape, stride).reduce(1, *)
        let table = rule.table("weights") ?? []
        let given = table.reduce(0) { $0 + $1.count }
        guard given == places.multipliedClamped(by: target.size) else {
            throw rule.place("weights").error(
                .conflict,
                "weights must have \(places) rows of \(target.size) values, a row for each place of \(source.name) "
                    + "after pooling and a column for each neuron of \(target.name), got \(given) values")
        }
        try requireFew([(source.size, 1)], at: rule.object.value)
        let area = pool?.reduce(1.0) { $0 * Double($1) } ?? 1
        let weights = table.flatMap { $0 }
        return (
            weights,
            {
                PoolDense(
                    preShape: source.shape, postSize: target.size, weights: weights, area: area, poolStride: stride,
                    positive: $0)
            }
        )
    }
}
