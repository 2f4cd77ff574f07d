/// The page around the pictures; `{{…}}` is escaped, `{{{…}}}` is our own SVG.
enum ReportTemplate {
    static let style = """
        :root { color-scheme: light; --text: #1f2933; --faint: #66727f; --line: #dfe4e9; --good: #1a7f4b; --bad: #b3261e; }
        * { box-sizing: border-box; }
        body { margin: 0; background: #f4f6f8; color: var(--text);
               font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 1060px; margin: 0 auto; padding: 28px 20px 48px; }
        header { display: flex; align-items: baseline; gap: 14px; flex-wrap: wrap; margin-bottom: 16px; }
        h1 { font-size: 26px; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 16px; margin: 0 0 12px; }
        .sub { color: var(--faint); }
        .badge { font-size: 12px; font-weight: 600; padding: 2px 10px; border-radius: 99px; color: #fff; }
        .good { background: var(--good); } .bad { background: var(--bad); }
        .strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 10px; }
        .tile, section { background: #fff; border: 1px solid var(--line); border-radius: 10px; }
        .tile { padding: 11px 13px; min-width: 0; overflow-wrap: anywhere; }
        .tile .label { color: var(--faint); font-size: 12.5px; }
        .tile .value { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .tile .note, .small { color: var(--faint); font-size: 12.5px; }
        section { margin-top: 16px; padding: 18px 20px; overflow-x: auto; }
        svg { display: block; max-width: 100%; height: auto; }
        .figure svg { width: 100%; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: right; font-weight: 600; color: var(--faint); font-size: 12.5px; }
        td { text-align: right; white-space: nowrap; }
        th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); }
        @media (max-width: 800px) { th, td { padding: 5px 6px; } section { padding: 16px 14px; } }
        tr:last-child td { border-bottom: 0; }
        th:first-child, td:first-child, .left { text-align: left; }
        th.left { text-align: left; }
        .part td:first-child { padding-left: 30px; color: var(--faint); }
        .chip { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 8px; }
        .spark { width: 130px; }
        .bar { display: inline-block; height: 9px; border-radius: 2px; background: #4aa3c7; vertical-align: middle; }
        .barcell { width: 150px; text-align: left; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 24px 36px; }
        .columns > div { min-width: 0; overflow-x: auto; }
        .columns svg { max-width: 460px; }
        .columns table + table { margin-top: 24px; }
        .columns td:first-child { white-space: normal; }
        .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; overflow-wrap: anywhere; }
        .caption { color: var(--faint); font-size: 13px; margin: 10px 0 0; }
        ul { margin: 0; padding-left: 20px; }
        .warn { border-color: #e6c36a; background: #fffaf0; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; }
        dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
        """

    static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>{{title}} – spinnsim</title>
        <style>
        {{{style}}}
        </style>
        </head>
        <body>
        <main>
        <header>
        <h1>{{title}}</h1>
        {{#complete}}<span class="badge good">complete</span>{{/complete}}
        {{^complete}}<span class="badge bad">interrupted</span>{{/complete}}
        <span class="sub">{{subtitle}}</span>
        </header>
        <div class="strip">
        {{#tiles}}<div class="{{kind}}"><div class="label">{{label}}</div><div class="value">{{value}}</div><div class="note">{{note}}</div></div>
        {{/tiles}}
        </div>
        {{#hasWarnings}}<section class="warn"><h2>Warnings</h2><ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul></section>{{/hasWarnings}}
        {{#raster}}<section class="figure"><h2>Spikes</h2>
        {{{svg}}}
        <p class="caption">{{caption}}</p></section>{{/raster}}
        <section><h2>Populations</h2>
        <table>
        <tr><th>population</th><th class="left">model</th><th>size</th><th>active</th><th>spikes</th><th>mean rate</th><th>CV of intervals</th><th class="left">rate over time</th></tr>
        {{#populations}}<tr><td><span class="chip" style="background:{{color}}"></span>{{name}}</td><td class="left">{{model}}</td><td>{{size}}{{#recorded}}<div class="small">{{recorded}}</div>{{/recorded}}</td><td>{{active}}</td><td>{{spikes}}</td><td>{{rate}}</td><td>{{cv}}</td><td class="spark">{{{spark}}}</td></tr>
        {{/populations}}
        </table>
        <p class="caption">CV: mean over neurons with at least three spikes; 0 is a clock, 1 a Poisson process.</p>
        </section>
        {{#weights}}<section><h2>Weights</h2>
        {{#figures}}{{{svg}}}<p class="caption">{{caption}}</p>
        {{/figures}}</section>{{/weights}}
        {{#phases}}<section><h2>Where the time went</h2>
        <table>
        <tr><th>phase</th><th>min</th><th>mean</th><th>max</th><th>imbalance</th><th>share</th><th class="left"></th></tr>
        {{#rows}}<tr class="{{kind}}"><td>{{name}}</td><td>{{min}}</td><td>{{mean}}</td><td>{{max}}</td><td>{{imbalance}}</td><td>{{share}}</td><td class="barcell"><span class="bar" style="width:{{width}}px"></span></td></tr>
        {{/rows}}
        </table>
        <p class="caption">Wall-clock time over {{ranks}}. Imbalance: how far the slowest rank is above the mean.</p>
        </section>{{/phases}}
        {{#rankBars}}<section class="figure"><h2>Simulation by rank</h2>
        {{{svg}}}
        </section>{{/rankBars}}
        {{#machine}}<section><h2>Emulated machine</h2>
        <div class="columns">
        {{#chips}}<div>{{{svg}}}<p class="caption">Multicast packets through each chip's router.</p></div>{{/chips}}
        <div>{{#hasFacts}}<table>
        {{#facts}}<tr><td>{{name}}</td><td>{{value}}</td></tr>
        {{/facts}}
        </table>{{/hasFacts}}
        {{#links}}<table>
        <tr><th>busiest links</th><th class="left">direction</th><th>packets</th></tr>
        {{#rows}}<tr><td>chip {{x}}, {{y}}</td><td class="left">{{direction}}</td><td>{{packets}}</td></tr>
        {{/rows}}
        </table>{{/links}}</div>
        </div></section>{{/machine}}
        {{#about}}<section><h2>About this run</h2>
        <dl>{{#entries}}<dt>{{name}}</dt><dd{{#mono}} class="mono"{{/mono}}>{{value}}</dd>
        {{/entries}}</dl>
        </section>{{/about}}
        </main>
        </body>
        </html>

        """
}
