/// The look that the pages of this program have in common: a run's report and the map of a machine.
///
/// A page puts the parts it wants into its style element and adds what it has alone.
public enum PageStyle {
    /// Colours on white.
    public static let light = """
        :root { color-scheme: light; --back: #f4f6f8; --card: #fff; --text: #1f2933; --faint: #5d6975; --line: #dfe4e9;
                --empty: #e9edf1; --board: #7b8794; --good: #1a7f4b; --bad: #b3261e; --bar: #3a8fb7; --tree: #d1006f; }

        """

    /// Colours where the reader's system prefers dark pages; only for pages whose pictures take their colours from
    /// here.
    public static let dark = """
        @media (prefers-color-scheme: dark) { :root { color-scheme: dark; --back: #14181d; --card: #1c2229;
                --text: #e4e8ec; --faint: #97a3af; --line: #313a44; --empty: #2a323b; --board: #8b98a5; --good: #6fcf97;
                --bad: #ff8a80; --bar: #5fb0d6; --tree: #ff5cb0; } }

        """

    /// Headings, tiles, sections, tables and bars.
    public static let common = """
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text);
               font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 1160px; margin: 0 auto; padding: 26px 20px 48px; }
        h1 { font-size: 26px; margin: 0 0 14px; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 16px; margin: 0 0 11px; }
        .strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; }
        .tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .tile { padding: 10px 13px; min-width: 0; overflow-wrap: anywhere; }
        .tile .label, .tile .note, .small, .caption { color: var(--faint); font-size: 12.5px; }
        .tile .value { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .caption { margin: 10px 0 0; }
        section { margin-top: 16px; padding: 17px 19px; overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { font-weight: 600; color: var(--faint); font-size: 12.5px; }
        th:first-child, td:first-child, th.left, .left { text-align: left; }
        tr:last-child td { border-bottom: 0; }
        @media (max-width: 800px) { th, td { padding: 5px 6px; } section { padding: 15px 13px; } }
        .bar { display: inline-block; height: 9px; border-radius: 2px; background: var(--bar); vertical-align: middle; }
        .barcell { width: 150px; text-align: left; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
                   gap: 24px 36px; }
        .columns > div { min-width: 0; overflow-x: auto; }
        .caption + .columns { margin-top: 14px; }

        """
}
