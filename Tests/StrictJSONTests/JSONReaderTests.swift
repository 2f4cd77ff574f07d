import Diagnostics
import StrictJSON
import Testing

/// What is no JSON, and what the reader says of it.
private let notJSON: [(text: String, place: String, fragment: String)] = [
    ("", "1:1", "the file is empty"),
    (" \n\t ", "1:1", "the file is empty"),
    ("{\"a\": 1,\n \"b\": {\"c\": [1, 2", "2:18", "the file ends inside the array /b/c opened at 2:13"),
    ("{\"a\": {\"b\": ", "1:13", "the file ends inside the object /a opened at 1:7"),
    ("{\"a", "1:4", "the file ends inside the string opened at 1:2"),
    ("{\"a\": [1, 2,]}", "1:12", "no trailing commas; remove the comma before ']'"),
    ("{\"a\": 1,}", "1:8", "no trailing commas"),
    ("{\"a\": 1} // done", "1:10", "unexpected data after the end of the document: '/'"),
    ("{\"a\": 1} {\"b\": 2}", "1:10", "unexpected data after the end"),
    ("{ // a comment\n}", "1:3", "JSON has no comments"),
    ("{\"a\": 1 /* b */}", "1:9", "JSON has no comments"),
    ("{\"a\": # b\n1}", "1:7", "JSON has no comments"),
    ("{'a': 1}", "1:2", "keys are written in double quotes, not in single quotes"),
    ("{\"a\": 'b'}", "1:7", "strings are written in double quotes"),
    ("{a: 1}", "1:2", "keys are written in double quotes: \"a\""),
    ("{\"a\": NaN}", "1:7", "NaN is not a JSON number"),
    ("{\"a\": [1, Infinity]}", "1:11", "Infinity is not a JSON number"),
    ("{\"a\": -Infinity}", "1:7", "-Infinity is not a JSON number"),
    ("{\"a\": 1e999}", "1:7", "the number 1e999 is too large"),
    ("{\"a\": [0, -1e999]}", "1:11", "the number -1e999 is too large"),
    ("{\"a\": 1e-400}", "1:7", "the number 1e-400 is too small"),
    ("{\"a\": 01}", "1:7", "no leading zeros"),
    ("{\"a\": +1}", "1:7", "no plus sign"),
    ("{\"a\": .5}", "1:7", "needs a digit before the decimal point"),
    ("{\"a\": 5.}", "1:7", "needs a digit after the decimal point"),
    ("{\"a\": 5e}", "1:7", "needs a digit after the exponent"),
    ("{\"a\": 0x10}", "1:7", "no hexadecimal numbers"),
    ("{\"a\": 1,5}", "1:9", "the decimal sign is a point"),
    ("{\"a\": 10ms}", "1:9", "unexpected 'm' in a number after '10'"),
    ("{\"a\": -}", "1:8", "unexpected '}' in a number"),
    ("{\"a\": True}", "1:7", "write true in lower case"),
    ("{\"a\": None}", "1:7", "None is not JSON"),
    ("{\"a\": hello}", "1:7", "the word hello is not a JSON value"),
    ("{\"a\" 1}", "1:6", "expected ':' after the key \"a\", found '1'"),
    ("{\"a\": [1 2]}", "1:10", "expected ',' or ']' in the array opened at 1:7"),
    ("{\"a\": [1}", "1:9", "expected ',' or ']' in the array opened at 1:7, found '}'"),
    ("{\"a\": 1 \"b\": 2}", "1:9", "expected ',' or '}' in the object opened at 1:1"),
    ("{\"a\": \"x\ny\"}", "1:9", "U+000A at byte offset 8 must be escaped"),
    ("{\"a\": \"\\x\"}", "1:8", "is not an escape of JSON"),
    ("{\"a\": \"\\u12\"}", "1:8", "four hexadecimal digits"),
    ("{\"a\": \"\\ud800\"}", "1:8", "the surrogate \\ud800 stands alone"),
    ("{\"a\": \"\\udc00\\ud800\"}", "1:8", "the surrogate \\udc00 stands alone"),
    ("{\"a\": \"\\u0000\"}", "1:8", "\\u0000 is not allowed"),
    ("{\"a\": 1, \"b\": 2,\n\"a\": 3}", "2:1", "the key \"a\" is already there at 1:2"),
    ("{\"a\": 1, \"\\u0061\": 3}", "1:10", "the key \"a\" is already there at 1:2"),
    ("{\"\u{e9}\": 1, \"\u{e9}b\": x}", "1:16", "the word x"),
    ("\u{1}{}", "1:1", "found the control character U+0001"),
    (String(repeating: "[", count: 100_000), "1:65", "nested more than 64 deep"),
    (String(repeating: "{\"a\":", count: 100_000), "1:321", "nested more than 64 deep"),
]

/// The error a text is refused with, if it is.
private func refusal(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) -> DocumentError? {
    do throws(DocumentError) {
        _ = try JSONReader.parse(bytes: bytes, file: "document.json", limits: limits)
        return nil
    } catch { return error }
}

@Suite struct JSONReaderTests {
    @Test(arguments: notJSON) func refuses(_ text: String, _ place: String, _ fragment: String) throws {
        let error = try #require(refusal(Array(text.utf8)), "accepted \(text.prefix(80))")
        #expect("\(error.line):\(error.column)" == place, "\(error)")
        #expect(error.message.contains(fragment), "\(error)")
        #expect(error.description.hasPrefix("error document.json:\(place)"))
        #expect(error.failure.exitCode.rawValue == 65)
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "byte order mark (byte offset 0)"),
            ([0xFF, 0xFE, 0x7B, 0, 0x7D, 0], "UTF-16"),
            ([0xFE, 0xFF, 0, 0x7B, 0, 0x7D], "UTF-16"),
            ([0x7B, 0, 0x7D, 0], "looks like UTF-16"),
            ([0, 0x7B, 0, 0x7D], "looks like UTF-16"),
            ([0xFF, 0xFE, 0, 0, 0x7B, 0, 0, 0], "UTF-32"),
            ([0, 0, 0, 0x7B], "UTF-32"),
            ([0x1F, 0x8B, 8, 0], "gzip"),
            ([0x7B, 0x22, 0xFF, 0x22], "invalid UTF-8 at byte offset 2 (0xFF)"),
            ([0x7B, 0x22, 0xC0, 0x80, 0x22], "invalid UTF-8 at byte offset 2"),
            ([0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22], "invalid UTF-8 at byte offset 2"),
            ([0x7B, 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "invalid UTF-8 at byte offset 2"),
            ([0x7B, 0x22, 0xE2, 0x82], "invalid UTF-8 at byte offset 2"),
            ([0x7B, 0x20, 0x20, 0, 0x7D], "a NUL byte at byte offset 3"),
        ] as [([UInt8], String)])
    func namesTheEncoding(_ bytes: [UInt8], _ fragment: String) throws {
        let error = try #require(refusal(bytes))
        #expect(error.code == .encoding)
        #expect(error.message.contains(fragment), "\(error)")
    }

    @Test func limitsWhatItReads() throws {
        var limits = ReadingLimits()
        limits.bytes = 100
        limits.stringBytes = 20
        limits.values = 10
        let long = try #require(refusal(Array(repeating: 0x20, count: 101), limits: limits))
        #expect(long.message.contains("101 bytes, more than the limit of 100"))
        let string = try #require(
            refusal(Array("{\"a\": \"\(String(repeating: "x", count: 30))\"}".utf8), limits: limits))
        #expect(string.message.contains("a string of more than 20 bytes"))
        let key = try #require(refusal(Array("{\"\(String(repeating: "x", count: 30))\": 1}".utf8), limits: limits))
        #expect(key.message.contains("a string of more than 20 bytes"))
        let values = try #require(
            refusal(Array("[\(String(repeating: "{},", count: 20))1]".utf8), limits: limits))
        #expect(values.message.contains("more than 10 values"))
        let keys = (0..<300).map { "\"k\($0)\": 1" }.joined(separator: ",")
        #expect(refusal(Array("{\(keys)}".utf8))?.message.contains("more than 256 keys") == true)
        let digits = String(repeating: "1", count: 2000)
        #expect(refusal(Array("{\"a\": \(digits)}".utf8))?.message.contains("a number of 2000 characters") == true)
    }

    @Test func pointsAtTheElement() throws {
        let text = #"{"a": [{"tau_m": [1, 2, 3, "4", 5]}]}"#
        let list = try #require(root(of: text).members.first?.value.elements.first?.members.first?.value)
        let error = #expect(throws: DocumentError.self) { try list.numberList("tau_m") }
        #expect(error?.pointer == "/a/0/tau_m/3")
        #expect(error?.message == "each value of tau_m must be a number, got the string \"4\"")
        let numbers = try #require(root(of: "{\"b\": [7, 8,\n 9]}").members.first?.value)
        #expect(numbers.element(at: 2).error(.conflict, "").place == "document.json:2:2 (/b/2)")
    }

    @Test func makesTextSafeToPrint() throws {
        let value = try root(of: #"{"\u001b[31m~/\u202e": 1}"#)
        let error = #expect(throws: DocumentError.self) { try JSONObject(value, "a thing", keys: ["red"]) }
        #expect(error?.description.contains("\\u{1B}[31m~/\\u{202E}") == true)
        #expect(error?.pointer == "/\\u{1B}[31m~0~1\\u{202E}")
    }

    @Test(arguments: [
        "0", "-0", "3", "0.1", "2.5e-3", "1E5", "123456789012345678", "1.7976931348623157e308", "5e-324", "-1e-300",
        "0.30000000000000004", "9007199254740993", "1.00000000000000000000001", "0.00001", "0e5", "0.000e-999",
        "8.41e21", "2.2250738585072011e-308", "123456.789e-5", "4503599627370497.5", "900719925474099.3e1",
    ])
    func readsNumbersToTheLastBit(_ text: String) throws {
        let numbers = try #require(try root(of: "{\"a\": [0, \(text)]}").members.first?.value.numbers)
        #expect(numbers[numbers.startIndex + 1].bitPattern == Double(text)?.bitPattern)
        let alone = try #require(try root(of: "{\"a\": \(text)}").members.first?.value)
        #expect(try alone.number("a").bitPattern == Double(text)?.bitPattern)
    }

    private func root(of text: String) throws -> JSONValue {
        try JSONReader.parse(bytes: Array(text.utf8), file: "document.json").root
    }
}
