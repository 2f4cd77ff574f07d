import Expressions
import Foundation
import Testing

private let names = ["d", "d[0]", "d[1]", "i", "j"]

private func value(_ text: String, d: Double = 0, i: Double = 0, j: Double = 0) throws -> Double {
    try Expression(text, variables: names)([d, d / 2, d / 4, i, j])
}

private func mistakeIn(_ text: String) -> ExpressionError? {
    do throws(ExpressionError) {
        _ = try Expression(text, variables: names)
        return nil
    } catch { return error }
}

@Suite struct ExpressionTests {
    /// Python's own answers, worked out by hand where it matters: precedence, associativity, truth.
    static let constants: [(String, Double)] = [
        ("-2**2", -4), ("2**-1", 0.5), ("2**3**2", 512), ("(-2)**2", 4), ("-2**-2", -0.25), ("--3", 3), ("+-+3", -3),
        ("2*3+4", 10), ("2+3*4", 14), ("10-4-3", 3), ("100/10/2", 5), ("7//2", 3), ("-7//2", -4), ("7//-2", -4),
        ("-7%3", 2), ("7%-3", -2), ("7.5%2", 1.5), ("-7.5//2", -4), ("2*7%4", 2), ("-3%2**2", 1), ("1/4", 0.25),
        ("1<2<3", 1), ("1<3<2", 0), ("3>2>1==1", 1), ("1 if 0 else 2", 2), ("1 if 3 else 2 if 0 else 5", 1),
        ("0 or 5", 5), ("3 or 5", 3), ("0 and 5", 0), ("3 and 5", 5), ("not 3", 0), ("not 0 == 1", 1),
        ("not (1 and 0)", 1),
        ("(1<2) & (2<1)", 0), ("(1<2) | (2<1)", 1), ("(1<2) ^ (2<3)", 0), ("~(1<2)", 0), ("~(1>2) & (1<2)", 1),
        ("1e3", 1000), ("1_000.5e-1", 100.05), (".5", 0.5), ("5.", 5), ("0.1+0.2", 0.1 + 0.2), ("00", 0),
        ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3), ("clip(7, 0, 5)", 5), ("where(1 < 2, 3, 4)", 3), ("abs(-3)", 3),
        ("pi", Double.pi), ("exp(1) - e", 0), ("numpy.sqrt(16)", 4), ("np.power(2, 10)", 1024),
        ("math.floor(-1.5)", -2),
        ("True + True", 2), ("(1 < 2) * 0.5", 0.5), ("hypot(3, 4)", 5), ("mod(-1, 3)", 2), ("fmod(-1, 3)", -1),
        ("rint(2.5)", 2), ("sign(-0.5)", -1), ("log(exp(2))", 2), ("1 == 1.0", 1), ("1 != 1", 0), ("\t( 1 )\n", 1),
    ]

    @Test(arguments: constants)
    func constant(_ text: String, _ expected: Double) throws { #expect(try value(text) == expected, "\(text)") }

    @Test func infinitiesAndNaN() throws {
        #expect(try value("1/d") == .infinity)
        #expect(try value("-1/d") == -.infinity)
        #expect(try value("d/d").isNaN)
        #expect(try value("1//d") == .infinity)
        #expect(try value("1%d").isNaN)
        #expect(try value("sqrt(-1)").isNaN)
        #expect(try value("(-8)**(1/3)").isNaN)
        #expect(try value("minimum(nan, 1)").isNaN)
        #expect(try value("nan < 1") == 0)
        #expect(try value("5 if nan else 6") == 5)
    }

    /// Every construct at many values, against numpy by way of Python's own parser.
    @Test func agreesWithNumpy() throws {
        let texts = [
            "exp(-d/2)", "exp(-abs(d))", "d<3", "0.5*exp(-d**2/(2*1.5**2))", "1/(1+d)", "d % 3", "d // 0.7",
            "-d // 0.7",
            "d if d < 5 else 5 - d", "d > 1 and d < 4", "1 < d < 4", "(d > 1) & (d < 4) | (d == 7)", "not d",
            "where(d < 2, 1, exp(-d))", "sin(d)*cos(d) + tan(d/9)", "arctan2(d, 2) - arctan(d)",
            "log1p(d) + log2(1 + d)",
            "floor(d) + ceil(d) - rint(d)", "maximum(d, 3) - minimum(d, 3)", "sqrt(d) + cbrt(d)",
            "sinh(d/20) + cosh(d/20)",
            "tanh(d) * 1e-3", "d ** -1.5", "-d ** 2", "2 ** -d", "(i - j) % 5 == 0", "(i == j) * 1.0", "abs(i - j) < 3",
            "exp(-((i - j) / 4.0) ** 2)", "i // 3 == j // 3", "(i + 1) / (j + 1)", "i > j or j - i > 10",
        ]
        var points: [[Double]] = []
        for k in 0..<60 { points.append([Double(k % 10) * 0.7, Double(k % 7), Double(k % 11)]) }
        let script = """
            import json, sys, warnings
            import numpy
            warnings.simplefilter("ignore")
            names = {k: getattr(numpy, k) for k in ("exp sin cos tan arctan arctan2 log1p log2 floor ceil rint maximum "
                     "minimum sqrt cbrt sinh cosh tanh where").split()}
            texts, points = json.load(sys.stdin)
            json.dump([[repr(float(eval(t, {**names, **{n: numpy.float64(v) for n, v in zip("dij", p)}})))
                        for p in points] for t in texts], sys.stdout)
            """
        let input = try JSONSerialization.data(withJSONObject: [texts, points] as [Any])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3", "-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "numpy is needed: set SPINNSIM_PYTHON")
        let answers = try JSONDecoder().decode([[String]].self, from: output)
        for (text, answers) in zip(texts, answers) {
            for (point, answer) in zip(points, answers) {
                let found = try value(text, d: point[0], i: point[1], j: point[2])
                let expected = answer == "nan" ? .nan : try #require(Double(answer))
                let tolerance: Double = 1e-14 * expected.magnitude
                let isSame = found == expected || (found.isNaN && expected.isNaN)
                #expect(
                    isSame || (found - expected).magnitude <= tolerance, "\(text) at \(point): \(found), \(expected)")
            }
        }
    }

    @Test func columnsAreTheSameAsSingleValues() throws {
        let expression = try Expression("exp(-d[0]) + (i < 100) * d[1] - j % 7", variables: names)
        let evaluator = ExpressionEvaluator(expression)
        func values(_ row: Int) -> [Double] {
            let x = Double(row)
            return [0, x / 9, Double(row * row % 17), x, x * 3]
        }
        for row in 0..<256 {
            for (number, value) in values(row).enumerated() { evaluator.input(number)[row] = value }
        }
        let column = evaluator.evaluate(count: 256)
        for row in 0..<256 {
            let single = expression(values(row))
            #expect(column[row] == single)
        }
        #expect(expression.uses == [false, true, true, true, true])
    }

    static let refusals: [(String, String, Int)] = [
        ("", "the expression is empty", 0), ("  ", "the expression is empty", 0), ("1 +", "found the end", 3),
        ("1 2", "expected an operator or the end, found a number", 2),
        ("(1", "to close the parenthesis, found the end", 2),
        ("1)", "expected an operator or the end", 1), ("d = 3", "a comparison is written \"==\"", 2),
        ("x + 1", "there is no \"x\"; an expression has d, i, j, pi", 0), ("foo(d)", "there is no function \"foo\"", 0),
        ("exp()", "exp takes 1 argument, got 0", 0), ("where(1, 2)", "where takes 3 arguments", 0),
        ("d[2]", "there is no d[2]; there are d[0], d[1]", 0), ("d[-1]", "expected the number of an axis", 2),
        ("d.real", "\"d\" has no parts", 1), ("__import__('os')", "an expression has no \"'\"", 11),
        ("open(\"x\")", "an expression has no \"\"\"", 5), ("lambda: 1", "an expression has no \":\"", 6),
        ("d & 1", "\"&\" joins comparisons", 2), ("1 < d & d < 2", "\"&\" joins comparisons", 6),
        ("~d", "\"~\" negates comparisons", 0), ("1e", "the exponent of a number is missing", 2),
        ("1e999", "the number is too large", 0), ("1__0", "an underscore", 1), ("012", "does not start with 0", 0),
        ("2d", "must be joined by an operator", 1), ("0x10", "must be joined by an operator", 1),
        ("d if 1", "expected \"else\"", 6),
        ("d ∞ 3", "an expression has no U+221E", 2), ("d\u{0}", "an expression has no", 1), ("and", "found \"and\"", 0),
        ("exp(d,)", "found \")\"", 6), ("numpy.", "a name must follow", 6), ("d; 1", "an expression has no \";\"", 1),
    ]

    @Test(arguments: refusals)
    func refuses(_ text: String, _ fragment: String, _ column: Int) throws {
        let mistake = try #require(mistakeIn(text), "\(text)")
        #expect(mistake.message.contains(fragment), "\(text): \(mistake)")
        #expect(mistake.column == column, "\(text): \(mistake.column)")
        let lines = mistake.description.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count >= 3 && lines.last?.last == "^")
    }

    /// Neither depth nor length nor doubling costs anything.
    @Test func hostileTextsAreRefusedAtOnce() throws {
        let start = ContinuousClock.now
        for text in [
            String(repeating: "(", count: 4000), String(repeating: "-", count: 4000) + "1",
            String(repeating: "not ", count: 1000) + "1", String(repeating: "2**", count: 1300) + "2",
            String(repeating: "exp(", count: 1000), "1" + String(repeating: "<1", count: 2000),
            String(repeating: "1", count: 4097), String(repeating: "1 if 1 else ", count: 340) + "1",
        ] { #expect(mistakeIn(text) != nil) }
        var chain = "d"
        for _ in 0..<60 { chain = "1<(\(chain))<2" }
        #expect(mistakeIn(chain)?.message.contains("parts") == true)
        // Long, but flat.
        let sum = "d" + String(repeating: "+d", count: 2000)
        #expect(try value(sum, d: 1) == 2001)
        #expect(ContinuousClock.now - start < .seconds(5))
        var seed: UInt64 = 1
        let pieces = [
            "d", "i", "1", "2.5", "(", ")", "+", "-", "*", "**", "<", "and", "or", "not", "if", "else", ",", "exp", "&",
            "~", "%",
        ]
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<8 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1
                text += pieces[Int(seed >> 33) % pieces.count] + " "
            }
            if let mistake = mistakeIn(text) {
                #expect((0...text.count).contains(mistake.column))
            } else {
                #expect(throws: Never.self) { try value(text, d: 1.5, i: 2, j: 3) }
            }
        }
    }
}
