/// A function that expressions can call, under one of its names.
struct ExpressionFunction {
    private enum Kind {
        case unary(UnaryOperation)
        case binary(BinaryOperation)
        /// Two arguments or more.
        case fold(BinaryOperation)
        case choose
        case clip
    }

    private let kind: Kind

    /// Numpy's functions, and Python's `abs`, `min`, `max` and `pow`.
    private static let functions: [String: ExpressionFunction] = {
        var functions: [String: ExpressionFunction] = [:]
        for operation in UnaryOperation.allCases where operation != .negate && operation != .not {
            functions[operation.rawValue] = ExpressionFunction(kind: .unary(operation))
        }
        for operation in [BinaryOperation.power, .minimum, .maximum, .fmod, .hypot, .arctan2] {
            functions[operation.rawValue] = ExpressionFunction(kind: .binary(operation))
        }
        for (name, operation) in [
            ("fabs", UnaryOperation.abs), ("absolute", .abs), ("asin", .arcsin), ("acos", .arccos), ("atan", .arctan),
        ] {
            functions[name] = ExpressionFunction(kind: .unary(operation))
        }
        for (name, operation) in [("pow", BinaryOperation.power), ("mod", .remainder), ("atan2", .arctan2)] {
            functions[name] = ExpressionFunction(kind: .binary(operation))
        }
        functions["min"] = ExpressionFunction(kind: .fold(.minimum))
        functions["max"] = ExpressionFunction(kind: .fold(.maximum))
        functions["where"] = ExpressionFunction(kind: .choose)
        functions["clip"] = ExpressionFunction(kind: .clip)
        return functions
    }()

    static var names: [String] { functions.keys.sorted() }

    static func named(_ name: String) -> ExpressionFunction? { functions[name] }

    /// How many arguments, for messages.
    var words: String {
        switch kind {
        case .unary: "1 argument"
        case .binary: "2 arguments"
        case .fold: "2 to 16 arguments"
        case .choose: "3 arguments (condition, value if true, value if false)"
        case .clip: "3 arguments (value, lowest, highest)"
        }
    }

    /// The call, if the arguments are as many as the function takes.
    func call(_ arguments: [ExpressionNode]) -> ExpressionNode? {
        switch kind {
        case .unary(let operation):
            arguments.count == 1 ? ExpressionNode(.unary(operation, arguments[0])) : nil
        case .binary(let operation):
            arguments.count == 2 ? ExpressionNode(.binary(operation, arguments[0], arguments[1])) : nil
        case .fold(let operation):
            (2...16).contains(arguments.count)
                ? arguments.dropFirst().reduce(arguments[0]) { ExpressionNode(.binary(operation, $0, $1)) } : nil
        case .choose:
            arguments.count == 3
                ? ExpressionNode(
                    .choose(arguments[0], arguments[1], arguments[2]),
                    isTruth: arguments[1].isTruth && arguments[2].isTruth) : nil
        case .clip:
            arguments.count == 3
                ? ExpressionNode(
                    .binary(.minimum, ExpressionNode(.binary(.maximum, arguments[0], arguments[1])), arguments[2]))
                : nil
        }
    }
}
