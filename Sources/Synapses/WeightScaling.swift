public import Topology
public enum WeightScaling { public static func shifts(_ network: Network) -> [[RingBufferScale]] { network.populations.map { _ in [RingBufferScale(leftShift: 0, weightScale: 32768),RingBufferScale(leftShift: 0, weightScale: 32768)] } } }
