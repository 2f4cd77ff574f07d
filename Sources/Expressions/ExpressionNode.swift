/// A part of a parsed expression.
indirect enum ExpressionKind {
    case constant(Double)
    case variable(Int)
    case unary(UnaryOperation, ExpressionNode)
    case binary(BinaryOperation, ExpressionNode, ExpressionNode)
    case choose(ExpressionNode, ExpressionNode, ExpressionNode)
}

struct ExpressionNode {
    var kind: ExpressionKind
    /// Its values are true or false.
    var isTruth: Bool
    /// The value, where no variable is in it.
    let constantValue: Double?
    /// Parts, counted as often as they are computed.
    let size: Int

    init(_ kind: ExpressionKind, isTruth: Bool = false) {
        self.kind = kind
        self.isTruth = isTruth
        switch kind {
        case .constant(let value):
            constantValue = value
            size = 1
        case .variable:
            constantValue = nil
            size = 1
        case .unary(let operation, let operand):
            constantValue = operand.constantValue.map(operation.apply)
            size = 1 + operand.size
        case .binary(let operation, let left, let right):
            size = 1 + left.size + right.size
            if let left = left.constantValue, let right = right.constantValue {
                constantValue = operation.apply(left, right)
            } else {
                constantValue = nil
            }
        case .choose(let condition, let first, let second):
            size = 1 + condition.size + first.size + second.size
            if let condition = condition.constantValue, let first = first.constantValue,
                let second = second.constantValue
            {
                constantValue = condition != 0 ? first : second
            } else {
                constantValue = nil
            }
        }
    }
}
