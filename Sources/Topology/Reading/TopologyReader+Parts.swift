import StrictJSON

// Projections between parts of populations.
extension TopologyReader {
    /// Parts of two populations that a projection joins, as the connector's rule sees them.
    struct Parts {
        /// The source population with its selected neurons alone.
        let source: Population
        let target: Population
        /// Selected neurons, ascending.
        let sources: [Int]
        let targets: [Int]
        /// A neuron is in both parts.
        let meet: Bool
        /// Where the selection is written.
        let place: JSONValue

        /// Most connections between parts.
        static let mostConnections = 1 << 28

        /// The rule between the parts as connections of the whole populations.
        func join(
            _ connector: Connector, _ rule: ReadRule, _ synapse: Synapse, postSize: Int, seed: UInt64, number: Int
        ) throws(DocumentError) -> Connector {
            switch connector {
            case .pairwise, .smallWorld, .fromFile: throw refusal(of: rule)
            case .fixed(let pattern) where pattern.hasGrid: throw refusal(of: rule)
            default: break
            }
            guard synapse.structural == nil else {
                throw place.error(.conflict, "structural plasticity rewires whole populations; leave the selection out")
            }
            let expected = expectedConnections(connector)
            guard expected <= Double(Self.mostConnections) else {
                throw place.error(
                    .limit,
                    "about \(Wording.number(expected.rounded())) connections between parts of populations; at most "
                        + "\(Self.mostConnections) can be, so make populations of the parts")
            }
            return .fixed(
                PartConnections(
                    connector, sources: sources, targets: targets, postSize: postSize, isSame: meet, seed: seed,
                    number: number))
        }

        /// Why a rule cannot be between parts.
        func refusal(of rule: ReadRule) -> DocumentError {
            place.error(
                .conflict,
                "the connector \(rule.name) joins whole populations only; make a population of the part, or list the "
                    + "connections with FromList")
        }

        private func expectedConnections(_ connector: Connector) -> Double {
            let pairs = Double(sources.count) * Double(targets.count)
            return switch connector {
            case .allToAll: pairs
            case .fixedProbability(let p, _): p * pairs
            case .fixedNumberPre(let n, _, _): Double(n) * Double(targets.count)
            case .fixedNumberPost(let n, _, _): Double(n) * Double(sources.count)
            case .fixedTotalNumber(let n, _, _): Double(n)
            case .fixed(let pattern): Double(pattern.count)
            case .oneToOne, .pairwise, .smallWorld, .fromFile: 0
            }
        }
    }

    /// Reads `pre_neurons` and `post_neurons`; `nil` without either.
    func readParts(
        _ object: JSONObject, _ source: Population, _ target: Population, isSame: Bool
    ) throws(DocumentError) -> Parts? {
        guard let place = object["pre_neurons"] ?? object["post_neurons"] else { return nil }
        func select(_ key: String, _ population: Population) throws(DocumentError) -> [Int] {
            guard let value = object[key] else { return Array(0..<population.size) }
            return try readSelection(value, size: population.size, key: key).indices(size: population.size)
        }
        let sources = try select("pre_neurons", source)
        let targets = try select("post_neurons", target)
        return Parts(
            source: source.part(of: sources.count), target: target.part(of: targets.count), sources: sources,
            targets: targets, meet: isSame && !Set(sources).isDisjoint(with: targets), place: place)
    }
}

extension Population {
    /// The population as a rule sees a selection of its neurons: in one dimension.
    fileprivate func part(of count: Int) -> Population {
        var part = self
        part.size = count
        part.shape = [count]
        return part
    }
}

extension ConnectionPattern {
    /// The connections are those of neurons on a grid.
    fileprivate var hasGrid: Bool { self is Kernel || self is Convolution || self is PoolDense }
}
