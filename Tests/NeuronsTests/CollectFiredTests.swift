import FixedPoint
import Neurons
import Testing

@Suite struct CollectFiredTests {
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 1000])
    func listsWhatIsNotZero(count: Int) {
        var random = KISS64.compiledIn
        for density in [0, 1, 8, 255] as [UInt32] {
            let fired = (0..<count).map { _ in random.next() & 255 < density ? UInt8(1 + random.next() % 255) : 0 }
            var indices = Array(repeating: UInt32.max, count: count + 1)
            let written = fired.withUnsafeBufferPointer { bytes in
                indices.withUnsafeMutableBufferPointer { output -> Int in
                    guard let bytes = bytes.baseAddress, let output = output.baseAddress else { return 0 }
                    return collectFired(bytes, count: count, base: 1000, into: output)
                }
            }
            #expect(Array(indices.prefix(written)) == (0..<count).filter { fired[$0] != 0 }.map { UInt32($0) + 1000 })
            #expect(indices[count] == .max)
        }
    }
}
