extension Refusal {
    /// A row of an array, a value for each of the 20 targets.
    private static let halves = "[\(Array(repeating: "0.5", count: 20).joined(separator: ","))]"

    static let patterns: [Refusal] = [
        .meaning(
            Sample.connector(#""type": "Array", "array": [[0, 1], [1, 0]]"#),
            "array must have a row for each of the 10 neurons of in and a column for each of the 20 of E, got 2 rows "
                + "of 2"
        ),
        .meaning(
            Sample.connector(
                "\"type\": \"Array\", \"array\": [\(Array(repeating: halves, count: 10).joined(separator: ","))]"
            ),
            "each value of array must be 0 or 1, got 0.5", at: "/connector/array/0"),
        Refusal(Sample.connector(#""type": "Array", "array": [[2]]"#), "must be at most 1, got 2"),
        .meaning(
            Sample.connector(#""type": "AllButMe", "n_neurons_per_group": 11"#),
            "n_neurons_per_group must be at most 10, the size of the smaller population, got 11"),
        .meaning(
            Sample.connector(#""type": "AllButMe", "n_neurons_per_group": 3, "weights": [1, 2]"#),
            "weights must have 6 values, one for each of the 3 sources of a group and its 2 targets, got 2"),
        .meaning(
            Sample.connector(#""type": "AllButMe", "n_neurons_per_group": 2, "weights": [1, -2]"#), "of both signs"),
        .meaning(
            Sample.connector(#""type": "AllButMe", "n_neurons_per_group": 2, "weights": [1, -2]"#, to: "C"),
            "must not be negative"),
        .meaning(
            Sample.connector(#""type": "OneToOneOffset", "offset": 11"#),
            "offset must be from -10 to 10, the neurons of a group, got 11", at: "/connector/offset"),
        Refusal(Sample.connector(#""type": "OneToOneOffset", "offset": 0.5"#), "offset must be an integer"),
        .meaning(
            Sample.connector(#""type": "Kernel", "shape_pre": [2, 4], "shape_post": [4, 5], "shape_kernel": [1, 1]"#),
            "shape_pre has 8 places, and in has 10 neurons", at: "/connector/shape_pre"),
        .meaning(
            Sample.connector(
                #""type": "Kernel", "shape_pre": [2, 5], "shape_post": [4, 5], "shape_kernel": [1, 2], "#
                    + #""weight_kernel": [[1]]"#
            ),
            "weight_kernel must have 1 rows of 2 values, as shape_kernel says, got 1 of 1"),
        .meaning(
            Sample.connector(
                #""type": "Kernel", "shape_pre": [2, 5], "shape_post": [4, 5], "shape_kernel": [1, 1], "#
                    + #""delay_kernel": [[65536e-1], [1]]"#
            ),
            "delay_kernel must have 1 rows of 1 values"),
        .meaning(
            Sample.connector(#""type": "Convolution", "kernel_weights": [[1]]"#),
            "a Convolution joins two populations with a \"shape\" of rows and columns, and in has none"),
        .meaning(
            Sample.connector(#""type": "Convolution", "kernel_weights": [[1]], "kernel_shape": [1, 2]"#),
            "kernel_shape is 1 by 2, and kernel_weights has 1 rows of 1"),
        .meaning(
            Sample.connector(#""type": "Convolution", "kernel_weights": [[1]], "positive_receptor_type": "gaba""#),
            "IF_curr_exp has no receptor \"gaba\"; it has excitatory and inhibitory"),
        .meaning(
            Sample.document(
                populations: [
                    #"{"name": "S", "shape": [5, 5], "model": "SpikeSourcePoisson"}"#,
                    #"{"name": "T", "shape": [5, 5], "model": "IF_curr_exp"}"#,
                ],
                projections: [
                    #"{"pre": "S", "post": "T", "connector": {"type": "Convolution", "#
                        + #""kernel_weights": [[1, 1], [1, 1]]}}"#
                ]),
            "this Convolution makes 4 rows and 4 columns of the 5 and 5 of S, and T has the shape [5, 5]"),
        .meaning(
            Sample.document(projections: [
                #"{"pre": "in", "post": "E", "receptor": "excitatory", "connector": {"type": "PoolDense", "#
                    + #""weights": [[1]]}}"#
            ]), "PoolDense names its receptors itself", at: "/receptor"),
        .meaning(
            Sample.document(projections: [
                #"""
                {"pre": "in", "post": "E", "connector": {"type": "PoolDense", "weights": [[1]]},
                 "synapse": {"type": "STDP", "timing": {"type": "SpikePair"},
                  "weight_dependence": {"type": "Additive"}}}
                """#
            ]), "the synapses of a PoolDense are static", at: "/synapse"),
        .meaning(
            Sample.connector(#""type": "PoolDense", "weights": [[1, 2]], "pool_shape": 2"#),
            "weights must have 5 rows of 20 values, a row for each place of in after pooling"),
        .meaning(
            Sample.connector(#""type": "PoolDense", "weights": [[1, 2]], "pool_shape": [2, 2]"#),
            "pool_shape must have an extent for each of the 1 of in"),
        .meaning(
            Sample.connector(#""type": "SmallWorld", "degree": 1, "rewiring": 0, "n_connections": 4"#),
            "n_connections is not supported, as in sPyNNaker", at: "/connector/n_connections"),
        .meaning(
            Sample.connector(#""type": "DistanceDependentProbability", "d_expression": "exp(-x)""#),
            "in d_expression, column 6: there is no \"x\"; an expression has d, pi", at: "/connector/d_expression"),
        .meaning(
            Sample.connector(#""type": "IndexBasedProbability", "index_expression": "i = j""#),
            "in index_expression, column 3: \"=\" assigns in Python"),
        .meaning(
            Sample.connector(#""type": "CSA", "cset": "random(0.1) * ful""#),
            "in cset, column 15: there is no \"ful\"; a connection set has block, cross", at: "/connector/cset"),
        .meaning(
            Sample.connector(#""type": "CSA", "cset": "oneToOne + cross(range(3), [2, 4])""#),
            "both sides of + connect neuron 2 of in with neuron 2 of E, which is two connections"),
        .meaning(
            Sample.connector(#""type": "CSA", "cset": "block(2) * random(0.1)""#),
            "all pairs of a block would share one draw"),
        .meaning(
            Sample.connector(#""type": "CSA", "cset": "cset(full, 0.1, 1)""#),
            "weights and delays belong into the projection's synapse"),
        .meaning(
            Sample.connector(#""type": "CSA", "cset": "random(N=5) * oneToOne""#),
            "draw from all pairs: they stand alone"),
        .meaning(Sample.connector(#""type": "CSA", "cset": "~~(full""#), "expected \")\" to close the parenthesis"),
        Refusal(
            Sample.connector(#""type": "DistanceDependentProbability", "d_expression": """#),
            "d_expression must not be empty"),
    ]

    private static func positions(_ keys: String) -> String {
        Sample.population("\"name\": \"X\", \"size\": 12, \"model\": \"IF_curr_exp\", \"positions\": \(keys)")
    }

    private static func space(_ keys: String) -> String {
        Sample.projection(
            "\"pre\": \"in\", \"post\": \"E\", \"connector\": {\"type\": \"SmallWorld\", \"degree\": 1, "
                + "\"rewiring\": 0}, \"space\": {\(keys)}"
        )
    }

    static let spaces: [Refusal] = [
        Refusal(positions(#""Line""#), "positions must be an array of [x, y] or [x, y, z], or an object with"),
        Refusal(positions("{}"), "positions needs the key \"structure\""),
        Refusal(positions(#"{"structure": "Grid"}"#), "positions has no structure \"Grid\""),
        Refusal(positions(#"{"structure": "Line", "dy": 1}"#), "the structure Line has no key \"dy\""),
        Refusal(
            positions(#"{"structure": "Grid2D", "fill_order": "any"}"#),
            "fill_order must be \"sequential\" or \"random\""),
        Refusal(positions(#"{"structure": "Grid2D", "aspect_ratio": 0}"#), "aspect_ratio must be greater than 0"),
        .meaning(positions(#"{"structure": "Grid2D"}"#), "12 neurons are no grid with an aspect_ratio of 1"),
        .meaning(positions(#"{"structure": "Grid2D", "aspect_ratio": 1e308}"#), "12 neurons are no grid"),
        .meaning(positions(#"{"structure": "Grid3D"}"#), "12 neurons are no grid with the aspect ratios 1 and 1"),
        .meaning(positions(#"{"structure": "Grid3D", "aspect_ratioXY": 1e-300}"#), "12 neurons are no grid"),
        Refusal(positions(#"{"structure": "RandomStructure"}"#), "needs the key \"boundary\""),
        Refusal(
            positions(#"{"structure": "RandomStructure", "boundary": {"shape": "Cube"}}"#),
            "boundary has no shape \"Cube\""),
        Refusal(
            positions(#"{"structure": "RandomStructure", "boundary": {"shape": "Sphere", "radius": 0}}"#),
            "radius must be greater than 0"),
        Refusal(
            positions(
                #"{"structure": "RandomStructure", "boundary": {"shape": "Sphere", "radius": 1}, "origin": [0, 0]}"#),
            "origin must be [x, y, z]"),
        Refusal(space(#""axes": "xw""#), "axes must be \"x\", \"y\""),
        Refusal(space(#""offset": [1, 2]"#), "offset must be a number or [x, y, z]"),
        Refusal(space(#""periodic_boundaries": [[0, 1]]"#), "periodic_boundaries must be three of [low, high] or null"),
        Refusal(
            space(#""periodic_boundaries": [[0], null, null]"#),
            "each of periodic_boundaries must be [low, high] or null"),
        .meaning(
            space(#""periodic_boundaries": [[1, 1], null, null]"#),
            "a periodic boundary must have its low end below its high"),
        .meaning(
            Sample.projection(
                #""pre": "in", "post": "E", "connector": {"type": "AllToAll"}, "synapse": {"weight": 1}, "space": {}"#),
            "the connector AllToAll measures no distances; leave \"space\" out", at: "/space"),
    ]
}
