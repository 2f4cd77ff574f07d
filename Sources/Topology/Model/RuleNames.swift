/// Names of what a topology can use.
public enum RuleNames {
    public static var connectors: [String] { RuleSignature.connectors.map(\.name) }
    public static var currents: [String] { RuleSignature.currents.map(\.name) }
}
