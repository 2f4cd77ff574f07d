// A small language for numbers that depend on a pair of neurons, such as `exp(-d/2)` or `(i - j) % 3 == 0`.
//
// Text becomes tokens, tokens a tree by Python's precedence, and the tree a list of instructions for a stack whose
// entries are not numbers but columns of up to 256 numbers. So the cost of finding out what to do is paid once per
// column, and each instruction is a plain loop. There is nothing in the language that can run for long, name a file or
// call anything but the functions listed: an expression from a stranger's file is as harmless as a number.

/// A numerical expression in Python's syntax with numpy's arithmetic, compiled for columns of numbers.
///
/// Operators bind as in Python: `-2**2` is −4, `2**-1` is ½, `2**3**2` is 512, `a < b < c` is `a < b and b < c`.
/// Arithmetic is numpy's on doubles: `/` is true division, `//` rounds down, `%` has the divisor's sign, and divisions
/// by zero give infinities and NaN. Comparisons give truth values, which count as 0 and 1 in arithmetic; `&`, `|`, `^`
/// and `~` join truth values only.
public struct Expression: Sendable, Equatable, CustomStringConvertible {
    /// Rows that are evaluated at once.
    public static let rows = 256
    /// Longest text, bytes.
    public static let longestText = 4096
    /// Parentheses, signs and other parts inside each other.
    public static let deepest = 64
    /// Operations of an expression.
    static let mostParts = 10_000

    /// The text it was made of.
    public let text: String
    /// The names it may use.
    public let variables: [String]
    let program: [Instruction]
    /// Columns that the evaluation holds at once.
    let columns: Int

    /// Compiles a text.
    ///
    /// - Parameter variables: Names with a value; `d[0]` is the variable of that very name.
    /// - Throws: ``ExpressionError`` at the first mistake.
    public init(_ text: String, variables: [String]) throws(ExpressionError) {
        var parser = try ExpressionParser(text, variables: variables)
        let tree = try parser.parse()
        var compiler = Compiler()
        compiler.emit(tree)
        self.text = text
        self.variables = variables
        program = compiler.program
        columns = compiler.most
    }

    public var description: String { text }

    /// Which of its variables the expression uses, `[variables]`.
    public var uses: [Bool] {
        var uses = [Bool](repeating: false, count: variables.count)
        for case .variable(let number) in program { uses[number] = true }
        return uses
    }

    public static func == (a: Expression, b: Expression) -> Bool { a.text == b.text && a.variables == b.variables }

    /// The value for one set of values.
    ///
    /// - Parameter values: `[variables]`.
    public func callAsFunction(_ values: [Double]) -> Double {
        precondition(values.count == variables.count, "a value for each variable")
        let evaluator = ExpressionEvaluator(self)
        for (i, value) in values.enumerated() { evaluator.input(i)[0] = value }
        return evaluator.evaluate(count: 1)[0]
    }
}

/// Why a text is no expression, and where.
public struct ExpressionError: Error, Equatable, CustomStringConvertible {
    /// What was expected or found.
    public var message: String
    /// Characters before the mistake, from 0.
    public var column: Int
    /// The text.
    public var text: String

    /// The message, and below it the text with a caret under the mistake.
    public var description: String {
        // A long text is shown around the mistake.
        let start = max(0, column - 50)
        let shown = text.dropFirst(start).prefix(100).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        let dots = start > 0 ? "…" : ""
        return "\(message)\n    \(dots)\(String(shown))\n    "
            + String(repeating: " ", count: column - start + dots.count) + "^"
    }
}

/// A step of a compiled expression.
enum Instruction: Sendable {
    case constant(Double)
    case variable(Int)
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    /// Condition, value if true, value if false.
    case choose
}

/// Turns a tree into instructions, computing what does not depend on a variable.
private struct Compiler {
    var program: [Instruction] = []
    var most = 0
    private var depth = 0

    mutating func emit(_ node: ExpressionNode) {
        if let value = node.constantValue {
            push(.constant(value))
            return
        }
        switch node.kind {
        case .constant(let value): push(.constant(value))
        case .variable(let number): push(.variable(number))
        case .unary(let operation, let operand):
            emit(operand)
            program.append(.unary(operation))
        case .binary(let operation, let left, let right):
            emit(left)
            emit(right)
            program.append(.binary(operation))
            depth -= 1
        case .choose(let condition, let first, let second):
            emit(condition)
            emit(first)
            emit(second)
            program.append(.choose)
            depth -= 2
        }
    }

    private mutating func push(_ instruction: Instruction) {
        program.append(instruction)
        depth += 1
        most = max(most, depth)
    }
}
