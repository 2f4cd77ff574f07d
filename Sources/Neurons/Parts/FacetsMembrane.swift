import FixedPoint

/// The leaky membrane of the FACETS hardware: 0.2 nF, a refractory period of 1 ms, and a leak conductance as parameter.
public enum FacetsMembrane: MembranePart {
    public typealias State = LeakyMembrane.State
    public typealias Constants = LeakyMembrane.Constants

    public static var stateNames: [String] { LeakyMembrane.stateNames }
    public static var constantNames: [String] { LeakyMembrane.constantNames }

    /// R = 1 ÷ g_leak and tau_m = 0.2 nF ÷ g_leak.
    public static func constants(_ p: CellParameters) -> Constants {
        let resistance = 1000 / p.value("g_leak")
        let tau = max(S1615(saturating: 0.2 * resistance).raw, 1)
        var k = Constants()
        k.vRest = p.accum("v_rest")
        k.resistance = S1615(saturating: resistance).raw
        k.decay = Exponential.expk(0 &- Accum.divide(p.step, tau))
        k.vReset = p.accum("v_reset")
        k.refractorySteps = Accum.roundedUp(Accum.divide(Accum.one, p.step))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State { LeakyMembrane.initialState(p) }

    @inlinable @inline(__always)
    public static func voltage(_ state: State) -> Int32 { state.v }

    @inlinable @inline(__always)
    public static func update(_ state: inout State, input: Int32, _ k: Constants) {
        LeakyMembrane.update(&state, input: input, k)
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        LeakyMembrane.reset(&state, if: fires, k)
    }
}
