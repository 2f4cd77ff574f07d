/// The page around the data; `{{…}}` is escaped, `{{{…}}}` is our own text.
enum MappingPageTemplate {
    /// What this page has beside ``PageStyle``.
    static let style = """
        .controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-bottom: 10px; }
        select, button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line);
                         border-radius: 6px; padding: 3px 8px; max-width: 100%; }
        .map { display: grid; grid-template-columns: minmax(0, 1fr) 270px; gap: 16px; }
        @media (max-width: 860px) { .map { grid-template-columns: minmax(0, 1fr); } }
        canvas { width: 100%; height: 640px; display: block; touch-action: none; cursor: grab; border-radius: 8px;
                 border: 1px solid var(--line); }
        #legend { height: 12px; border-radius: 3px; margin: 4px 0; }
        .ends { display: flex; justify-content: space-between; font-size: 12.5px; color: var(--faint); }
        #detail { font-size: 13.5px; max-height: 480px; overflow: auto; margin-top: 12px; }
        table { font-size: 14px; }
        th[data-key] { cursor: pointer; } th[data-key]:hover { color: var(--text); }
        .over .bar { background: var(--bad); } .over td { color: var(--bad); }
        """

    static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src \
        'unsafe-inline'">
        <title>{{title}} on the machine – spinnsim</title>
        <style>
        {{{style}}}
        </style>
        </head>
        <body>
        <main>
        <h1>{{title}} on the machine</h1>
        <div class="strip">
        {{#tiles}}<div class="tile"><div class="label">{{label}}</div><div class="value">{{value}}</div>\
        <div class="note">{{note}}</div></div>
        {{/tiles}}
        </div>
        <section><h2>What limits</h2>
        <table>
        <tr><th>resource</th><th>taken</th><th class="left"></th><th>used</th><th>there is</th>\
        <th class="left">where</th></tr>
        {{#limits}}<tr class="{{kind}}"><td>{{name}}</td><td>{{share}}</td><td class="barcell">\
        <span class="bar" style="width:{{width}}px"></span></td><td>{{used}}</td><td>{{available}}</td>\
        <td class="left">{{place}}</td></tr>
        {{/limits}}
        </table>
        <p class="caption">Packets and events are expectations for 10 Hz a neuron and the sources' own rates. Data \
        memory and parts of the shared memory are estimates.</p>
        </section>
        <section><h2>Machine</h2>
        <div class="controls">
        <label>colour <select id="metric"></select></label>
        <label><input type="checkbox" id="wires" checked> links</label>
        <label>packets of <select id="population"></select></label>
        <label>core <select id="core"></select></label>
        <button id="whole" type="button">whole machine</button> <button id="used" type="button">what is used</button>
        </div>
        <div class="map">
        <div><canvas id="machine" tabindex="0" aria-label="map of the machine"></canvas></div>
        <div>
        <div id="what"></div><div id="legend"></div><div class="ends"><span id="low"></span><span id="high"></span>\
        </div>
        <div id="detail"></div>
        </div>
        </div>
        <p class="caption">Chips in the machine's triangular coordinates: x to the right, y to the upper left; thick \
        lines are edges of boards, crosses faulty chips and links. Drag to move, turn the wheel to zoom, click a chip \
        for what is on it.<span id="choice"></span></p>
        </section>
        <section><h2>Populations</h2><table id="populations"></table></section>
        {{#estimated}}<section><h2>Synapse cores of a slice</h2>
        <table>
        <tr><th class="left">population</th><th>synapse cores</th><th class="left">settled by</th><th>events</th>\
        <th>they take</th></tr>
        {{#rows}}<tr><td class="left">{{name}}</td><td>{{count}}</td><td class="left">{{reason}}</td>\
        <td>{{events}}</td><td>{{cores}}</td></tr>
        {{/rows}}
        </table>
        <p class="caption">Of the populations whose file leaves their number to the mapping. A slice without any has \
        its neuron core do the work.</p>
        </section>
        {{/estimated}}
        <section><h2>Chips</h2><table id="chips"></table></section>
        <section><h2>Busiest links</h2><table id="links"></table></section>
        <section><div class="columns">
        <div><h2>Links by trees</h2><table><tr><th>trees</th><th>links</th><th class="left"></th></tr>
        {{#histogram}}<tr><td>{{trees}}</td><td>{{links}}</td><td class="barcell">\
        <span class="bar" style="width:{{width}}px"></span></td></tr>
        {{/histogram}}</table></div>
        <div><h2>Pairs of cores by hops</h2><table><tr><th>hops</th><th>pairs</th><th class="left"></th></tr>
        {{#hops}}<tr><td>{{hops}}</td><td>{{pairs}}</td><td class="barcell">\
        <span class="bar" style="width:{{width}}px"></span></td></tr>
        {{/hops}}</table></div>
        <div><h2>Time of the phases</h2><table><tr><th>phase</th><th>ms</th></tr>
        {{#phases}}<tr><td>{{name}}</td><td>{{time}}</td></tr>
        {{/phases}}</table></div>
        </div></section>
        </main>
        <script type="application/json" id="data">{{{data}}}</script>
        <script>
        {{{script}}}
        </script>
        </body>
        </html>

        """
}
