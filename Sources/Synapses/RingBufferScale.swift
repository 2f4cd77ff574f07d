public struct RingBufferScale: Sendable { public var leftShift: UInt32; public var weightScale: Double
 public init(leftShift: UInt32, weightScale: Double) { self.leftShift = leftShift; self.weightScale = weightScale } }
