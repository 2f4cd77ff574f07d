import Glibc

/// A function of one number.
enum UnaryOperation: String, Sendable, CaseIterable {
    case negate, not
    case abs, exp, expm1, exp2, log, log10, log2, log1p, sqrt, cbrt, square, sign, floor, ceil, trunc, rint
    case sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh, arcsinh, arccosh, arctanh, degrees, radians

    func apply(_ x: Double) -> Double {
        switch self {
        case .negate: -x
        case .not: x == 0 ? 1 : 0
        case .abs: x.magnitude
        case .exp: Glibc.exp(x)
        case .expm1: Glibc.expm1(x)
        case .exp2: Glibc.exp2(x)
        case .log: Glibc.log(x)
        case .log10: Glibc.log10(x)
        case .log2: Glibc.log2(x)
        case .log1p: Glibc.log1p(x)
        case .sqrt: x.squareRoot()
        case .cbrt: Glibc.cbrt(x)
        case .square: x * x
        case .sign: x > 0 ? 1 : x < 0 ? -1 : x
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .trunc: x.rounded(.towardZero)
        case .rint: x.rounded(.toNearestOrEven)
        case .sin: Glibc.sin(x)
        case .cos: Glibc.cos(x)
        case .tan: Glibc.tan(x)
        case .arcsin: asin(x)
        case .arccos: acos(x)
        case .arctan: atan(x)
        case .sinh: Glibc.sinh(x)
        case .cosh: Glibc.cosh(x)
        case .tanh: Glibc.tanh(x)
        case .arcsinh: asinh(x)
        case .arccosh: acosh(x)
        case .arctanh: atanh(x)
        case .degrees: x * (180 / Double.pi)
        case .radians: x * (Double.pi / 180)
        }
    }
}

/// A function of two numbers.
enum BinaryOperation: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, floorDivide, remainder, power
    case less, lessEqual, greater, greaterEqual, equal, notEqual
    /// Python's: the first operand where it decides, else the second.
    case and, or
    case exclusiveOr
    case minimum, maximum, fmod, hypot, arctan2

    func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .floorDivide: Self.floorDivide(a, b)
        case .remainder: Self.remainder(a, b)
        case .power: pow(a, b)
        case .less: a < b ? 1 : 0
        case .lessEqual: a <= b ? 1 : 0
        case .greater: a > b ? 1 : 0
        case .greaterEqual: a >= b ? 1 : 0
        case .equal: a == b ? 1 : 0
        case .notEqual: a != b ? 1 : 0
        case .and: a == 0 ? a : b
        case .or: a == 0 ? b : a
        case .exclusiveOr: (a == 0) != (b == 0) ? 1 : 0
        case .minimum: a.isNaN || a < b ? a : b
        case .maximum: a.isNaN || a > b ? a : b
        case .fmod: Glibc.fmod(a, b)
        case .hypot: Glibc.hypot(a, b)
        case .arctan2: atan2(a, b)
        }
    }

    /// The remainder with the divisor's sign; NaN for a divisor of 0.
    private static func remainder(_ a: Double, _ b: Double) -> Double {
        var rest = Glibc.fmod(a, b)
        if rest == 0 { return Double(signOf: b, magnitudeOf: 0) }
        if (b < 0) != (rest < 0) { rest += b }
        return rest
    }

    /// The largest whole number not above the quotient, whose product with `b` and `remainder` add up to `a`.
    private static func floorDivide(_ a: Double, _ b: Double) -> Double {
        guard b != 0 else { return a / b }
        var rest = Glibc.fmod(a, b)
        var quotient = (a - rest) / b
        if rest != 0, (b < 0) != (rest < 0) {
            quotient -= 1
            rest += b
        }
        guard quotient != 0 else { return Double(signOf: a / b, magnitudeOf: 0) }
        let whole = quotient.rounded(.down)
        return quotient - whole > 0.5 ? whole + 1 : whole
    }
}
