/// The page around the pictures; `{{…}}` is escaped, `{{{…}}}` is our own SVG.
enum ReportTemplate {
    /// What this page has beside `PageStyle`.
    static let style = """
        header { display: flex; align-items: baseline; gap: 14px; flex-wrap: wrap; margin-bottom: 16px; }
        header h1 { margin: 0; }
        .sub { color: var(--faint); }
        .badge { font-size: 12px; font-weight: 600; padding: 2px 10px; border-radius: 99px; color: #fff; }
        .good { background: var(--good); } .bad { background: var(--bad); }
        svg { display: block; max-width: 100%; height: auto; }
        .figure svg { width: 100%; }
        .part td:first-child { padding-left: 30px; color: var(--faint); }
        .chip { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 8px; }
        .spark { width: 130px; }
        .columns table + table { margin-top: 24px; }
        .columns td:first-child { white-space: normal; }
        .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; overflow-wrap: anywhere; }
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
        {{#tiles}}<div class="{{kind}}"><div class="label">{{label}}</div><div class="value">{{value}}</div>\
        <div class="note">{{note}}</div></div>
        {{/tiles}}
        </div>
        {{#hasWarnings}}<section class="warn"><h2>Warnings</h2><ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul>\
        </section>{{/hasWarnings}}
        {{#raster}}<section class="figure"><h2>Spikes</h2>
        {{{svg}}}
        <p class="caption">{{caption}}</p></section>{{/raster}}
        <section><h2>Populations</h2>
        <table>
        <tr><th>population</th><th class="left">model</th><th>size</th><th>active</th><th>spikes</th>\
        <th>mean rate</th><th>CV of intervals</th><th class="left">rate over time</th></tr>
        {{#populations}}<tr><td><span class="chip" style="background:{{color}}"></span>{{name}}</td>\
        <td class="left">{{model}}</td>\
        <td>{{size}}{{#recorded}}<div class="small">{{recorded}}</div>{{/recorded}}</td><td>{{active}}</td>\
        <td>{{spikes}}</td><td>{{rate}}</td><td>{{cv}}</td><td class="spark">{{{spark}}}</td></tr>
        {{/populations}}
        </table>
        <p class="caption">CV: mean over neurons with at least three spikes; 0 is a clock, 1 a Poisson process.</p>
        </section>
        {{#weights}}<section><h2>Weights</h2>
        {{#figures}}{{{svg}}}<p class="caption">{{caption}}</p>
        {{/figures}}</section>{{/weights}}
        {{#phases}}<section><h2>Where the time went</h2>
        <table>
        <tr><th>phase</th><th>min</th><th>mean</th><th>max</th><th>imbalance</th><th>share</th><th class="left"></th>\
        </tr>
        {{#rows}}<tr class="{{kind}}"><td>{{name}}</td><td>{{min}}</td><td>{{mean}}</td><td>{{max}}</td>\
        <td>{{imbalance}}</td><td>{{share}}</td><td class="barcell"><span class="bar" style="width:{{width}}px">\
        </span></td></tr>
        {{/rows}}
        </table>
        <p class="caption">Wall-clock time over {{ranks}}. Imbalance: how far the slowest rank is above the mean.</p>
        </section>{{/phases}}
        {{#rankBars}}<section class="figure"><h2>Simulation by rank</h2>
        {{{svg}}}
        </section>{{/rankBars}}
        {{#machine}}<section><h2>Emulated machine</h2>
        {{#chips}}<div style="max-width:{{width}}px">{{{svg}}}</div><p class="caption">{{caption}}</p>{{/chips}}
        <div class="columns">
        <div>{{#hasFacts}}<table>
        {{#facts}}<tr><td>{{name}}</td><td>{{value}}</td></tr>
        {{/facts}}
        </table>{{/hasFacts}}</div>
        <div>{{#links}}<table>
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
