/// Evaluates an expression for columns of values.
///
/// One evaluator is used by one thread: it owns the columns.
public final class ExpressionEvaluator {
    private let program: [Instruction]
    private let inputs: UnsafeMutablePointer<Double>
    private let stack: UnsafeMutablePointer<Double>
    private let inputCount: Int

    public init(_ expression: Expression) {
        program = expression.program
        inputCount = expression.variables.count
        let cells = max(1, inputCount) * Expression.rows
        inputs = .allocate(capacity: cells)
        inputs.initialize(repeating: 0, count: cells)
        stack = .allocate(capacity: max(1, expression.columns) * Expression.rows)
        stack.initialize(repeating: 0, count: max(1, expression.columns) * Expression.rows)
    }

    deinit {
        inputs.deallocate()
        stack.deallocate()
    }

    /// Where the values of a variable are written before an evaluation, `[256]`.
    public func input(_ variable: Int) -> UnsafeMutablePointer<Double> {
        precondition(variable < max(1, inputCount), "no such variable")
        return inputs + variable * Expression.rows
    }

    /// Evaluates the first `count` rows.
    ///
    /// - Precondition: `count` ≤ 256.
    /// - Returns: The values `[count]`, valid until the next evaluation; truth values are 0 and 1.
    public func evaluate(count: Int) -> UnsafePointer<Double> {
        precondition(count <= Expression.rows, "more rows than a column has")
        var top = stack - Expression.rows
        for instruction in program {
            switch instruction {
            case .constant(let value):
                top += Expression.rows
                for i in 0..<count { top[i] = value }
            case .variable(let number):
                top += Expression.rows
                let from = inputs + number * Expression.rows
                for i in 0..<count { top[i] = from[i] }
            case .unary(let operation):
                Self.apply(operation, top, count)
            case .binary(let operation):
                let right = top
                top -= Expression.rows
                Self.apply(operation, top, right, count)
            case .choose:
                let second = top
                let first = top - Expression.rows
                top -= 2 * Expression.rows
                for i in 0..<count { top[i] = top[i] != 0 ? first[i] : second[i] }
            }
        }
        return UnsafePointer(top)
    }

    /// The frequent ones in loops of their own, the others through a choice per number.
    private static func apply(_ operation: UnaryOperation, _ x: UnsafeMutablePointer<Double>, _ count: Int) {
        switch operation {
        case .negate: for i in 0..<count { x[i] = -x[i] }
        case .abs: for i in 0..<count { x[i] = x[i].magnitude }
        case .square: for i in 0..<count { x[i] *= x[i] }
        case .sqrt: for i in 0..<count { x[i] = x[i].squareRoot() }
        default: for i in 0..<count { x[i] = operation.apply(x[i]) }
        }
    }

    private static func apply(
        _ operation: BinaryOperation, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        switch operation {
        case .add: for i in 0..<count { a[i] += b[i] }
        case .subtract: for i in 0..<count { a[i] -= b[i] }
        case .multiply: for i in 0..<count { a[i] *= b[i] }
        case .divide: for i in 0..<count { a[i] /= b[i] }
        case .less: for i in 0..<count { a[i] = a[i] < b[i] ? 1 : 0 }
        case .lessEqual: for i in 0..<count { a[i] = a[i] <= b[i] ? 1 : 0 }
        case .greater: for i in 0..<count { a[i] = a[i] > b[i] ? 1 : 0 }
        case .equal: for i in 0..<count { a[i] = a[i] == b[i] ? 1 : 0 }
        default: for i in 0..<count { a[i] = operation.apply(a[i], b[i]) }
        }
    }
}
