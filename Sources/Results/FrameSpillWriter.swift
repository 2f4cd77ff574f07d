import Diagnostics
public final class FrameSpillWriter { public init(folder: String, rank: Int, run: RunDescription, signals: [FrameSignal]) throws(Failure) {}
 public func append(step: UInt32, signal: Int, values: [Float]) throws(Failure) {}
 public func finish() throws(Failure) {} }
