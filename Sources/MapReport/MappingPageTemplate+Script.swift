extension MappingPageTemplate {
    /// Draws the machine and fills the tables from the page's data.
    static let script = #"""
        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const byId = id => document.getElementById(id);
        const { chips, links, cores, populations } = data;
        const count = chips.x.length, root3 = Math.sqrt(3);
        const directions = data.directions;
        const steps = [[1, 0], [1, 1], [0, 1], [-1, 0], [-1, -1], [0, -1]];

        // Tables of what the data has as differences.
        const sums = values => { let sum = 0; return values.map(value => sum += value); };
        const chipAt = new Map();
        for (let i = 0; i < count; i++) chipAt.set(chips.x[i] * 65536 + chips.y[i], i);
        const busiest = new Array(count).fill(0), packets = new Array(count).fill(0);
        links.wire.forEach((wire, i) => {
          const chip = Math.floor(wire / 6);
          busiest[chip] = Math.max(busiest[chip], links.trees[i]);
          packets[chip] = Math.max(packets[chip], links.packets[i]);
        });

        const number = value => value.toLocaleString('en-US');
        const bytes = value => {
          const units = ['B', 'kB', 'MB', 'GB'];
          let unit = 0;
          while (value >= 999.5 && unit < 3) { value /= 1000; unit++; }
          return (value >= 99.95 || unit === 0 ? Math.round(value) : value.toFixed(1)) + ' ' + units[unit];
        };
        const metrics = [
          { name: 'cores used', of: chips.cores, text: number },
          { name: 'routing entries', of: chips.entries, text: number },
          { name: 'entries before merging', of: chips.before, text: number },
          { name: 'shared memory', of: chips.sdram, text: bytes },
          { name: 'busiest link: trees', of: busiest, text: number },
          { name: 'busiest link: packets/s', of: packets, text: number },
        ];
        for (const metric of metrics) metric.most = metric.of.reduce((a, b) => Math.max(a, b), 0);

        // A ramp that is told from the background at both ends, light to dark or the other way round.
        const ramps = {
          light: [[198, 226, 236], [108, 182, 208], [52, 127, 176], [52, 76, 148], [62, 24, 94]],
          dark: [[36, 60, 92], [38, 102, 146], [58, 152, 172], [136, 204, 150], [248, 236, 132]],
        };
        const isDark = matchMedia('(prefers-color-scheme: dark)');
        const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        let colors = {}, palette = [];
        const readColors = () => {
          for (const name of ['back', 'card', 'text', 'faint', 'line', 'empty', 'board', 'bad', 'tree'])
            colors[name] = css('--' + name);
          const ramp = ramps[isDark.matches ? 'dark' : 'light'];
          palette = Array.from({ length: 64 }, (_, i) => {
            const at = i / 63 * (ramp.length - 1), low = Math.min(ramp.length - 2, Math.floor(at)), part = at - low;
            return 'rgb(' + ramp[low].map((c, j) => Math.round(c + (ramp[low + 1][j] - c) * part)).join(',') + ')';
          });
          byId('legend').style.background = 'linear-gradient(to right,' + palette.join(',') + ')';
        };
        const shade = (value, most) => palette[Math.min(63, Math.floor(63 * value / Math.max(1, most)))];

        // Chip centres with unit distance: x to the right, y a third of a turn from it.
        const centreX = (x, y) => x - y / 2, centreY = (x, y) => -y * root3 / 2;
        const xs = new Float64Array(count), ys = new Float64Array(count);
        for (let i = 0; i < count; i++) {
          xs[i] = centreX(chips.x[i], chips.y[i]);
          ys[i] = centreY(chips.x[i], chips.y[i]);
        }
        const side = 1 / root3;
        const turn = k => Math.PI / 6 + k * Math.PI / 3;
        const corner = k => [side * Math.cos(turn(k)), -side * Math.sin(turn(k))];
        const corners = Array.from({ length: 6 }, (_, k) => corner(k));
        // The side towards link l lies between corners l - 1 and l.
        const outline = [];
        for (let i = 0; i < count; i++) for (let l = 0; l < 6; l++) {
          const other = chipAt.get((chips.x[i] + steps[l][0]) * 65536 + chips.y[i] + steps[l][1]);
          if (other !== undefined && chips.board[other] === chips.board[i]) continue;
          const a = corners[(l + 5) % 6], b = corners[l];
          outline.push(xs[i] + a[0], ys[i] + a[1], xs[i] + b[0], ys[i] + b[1]);
        }
        const faultyChips = data.faults.chips.filter(([x, y]) => !chipAt.has(x * 65536 + y));

        const canvas = byId('machine'), pen = canvas.getContext('2d');
        let scale = 1, left = 0, top_ = 0, metric = metrics[0], shown = null, selected = -1;
        const extent = isWanted => {
          let box = [Infinity, Infinity, -Infinity, -Infinity];
          for (let i = 0; i < count; i++) if (isWanted(i))
            box = [Math.min(box[0], xs[i]), Math.min(box[1], ys[i]), Math.max(box[2], xs[i]), Math.max(box[3], ys[i])];
          return [box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1];
        };
        const fit = isWanted => {
          const box = extent(isWanted);
          const w = canvas.clientWidth, h = canvas.clientHeight;
          scale = Math.min(90, w / (box[2] - box[0]), h / (box[3] - box[1]));
          left = w / 2 - scale * (box[0] + box[2]) / 2;
          top_ = h / 2 - scale * (box[1] + box[3]) / 2;
        };

        let pending = false;
        const draw = () => { if (!pending) { pending = true; requestAnimationFrame(paint); } };
        function hexagon(x, y, size) {
          pen.moveTo(x + corners[0][0] * size, y + corners[0][1] * size);
          for (let k = 1; k < 6; k++) pen.lineTo(x + corners[k][0] * size, y + corners[k][1] * size);
          pen.closePath();
        }
        function cross(x, y, size) {
          pen.moveTo(x - size, y - size); pen.lineTo(x + size, y + size);
          pen.moveTo(x - size, y + size); pen.lineTo(x + size, y - size);
        }
        function paint() {
          pending = false;
          const w = canvas.clientWidth, h = canvas.clientHeight, ratio = devicePixelRatio || 1;
          if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
            canvas.width = Math.round(w * ratio);
            canvas.height = Math.round(h * ratio);
          }
          pen.setTransform(ratio, 0, 0, ratio, 0, 0);
          pen.fillStyle = colors.card;
          pen.fillRect(0, 0, w, h);
          const isFine = scale >= 7, visible = [];
          const groups = Array.from({ length: 65 }, () => []);
          for (let i = 0; i < count; i++) {
            const x = left + scale * xs[i], y = top_ + scale * ys[i];
            if (x < -scale || y < -scale || x > w + scale || y > h + scale) continue;
            visible.push(i);
            const value = metric.of[i];
            groups[value > 0 ? Math.min(63, Math.floor(63 * value / Math.max(1, metric.most))) : 64].push(i);
          }
          groups.forEach((group, g) => {
            if (!group.length) return;
            pen.fillStyle = g < 64 ? palette[g] : colors.empty;
            pen.beginPath();
            for (const i of group) {
              const x = left + scale * xs[i], y = top_ + scale * ys[i];
              if (isFine) hexagon(x, y, scale * 0.94);
              else pen.rect(x - scale / 2, y - scale * 0.44, Math.max(1, scale), Math.max(1, scale * 0.87));
            }
            pen.fill();
          });
          pen.strokeStyle = colors.board;
          pen.lineWidth = Math.max(0.6, Math.min(2.2, scale / 10));
          pen.beginPath();
          for (let i = 0; i < outline.length; i += 4) {
            const x = left + scale * outline[i], y = top_ + scale * outline[i + 1];
            if (x < -scale || y < -scale || x > w + scale || y > h + scale) continue;
            pen.moveTo(x, y);
            pen.lineTo(left + scale * outline[i + 2], top_ + scale * outline[i + 3]);
          }
          pen.stroke();
          if (byId('wires').checked && scale >= 9) paintLinks(w, h);
          if (shown) paintTree();
          paintFaults();
          if (selected >= 0) {
            pen.strokeStyle = colors.text;
            pen.lineWidth = 2.5;
            pen.beginPath();
            hexagon(left + scale * xs[selected], top_ + scale * ys[selected], scale * 0.94);
            pen.stroke();
          }
          if (scale >= 34) for (const i of visible) paintLabel(i);
        }
        // Last of all and below the middle, where no link leaves: neither links nor trees run through it.
        function paintLabel(chip) {
          const x = left + scale * xs[chip], y = top_ + scale * (ys[chip] + 0.44);
          const label = chips.x[chip] + ', ' + chips.y[chip];
          pen.font = Math.min(12, scale / 4.5) + 'px system-ui, sans-serif';
          pen.textAlign = 'center';
          pen.lineJoin = 'round';
          pen.lineWidth = 3;
          pen.strokeStyle = colors.card;
          pen.strokeText(label, x, y);
          pen.fillStyle = colors.text;
          pen.fillText(label, x, y);
        }
        // Half of a link, from its chip to the middle, a little to the right of its way: both directions side by side.
        function half(chip, l) {
          const dx = centreX(...steps[l]), dy = centreY(...steps[l]), aside = 0.07;
          return [left + scale * (xs[chip] + 0.2 * dx - aside * dy), top_ + scale * (ys[chip] + 0.2 * dy + aside * dx),
                  left + scale * (xs[chip] + 0.5 * dx - aside * dy), top_ + scale * (ys[chip] + 0.5 * dy + aside * dx)];
        }
        const mostTrees = links.trees.reduce((a, b) => Math.max(a, b), 0);
        function paintLinks(w, h) {
          for (let i = 0; i < links.wire.length; i++) {
            const chip = Math.floor(links.wire[i] / 6), part = links.trees[i] / mostTrees;
            const [x1, y1, x2, y2] = half(chip, links.wire[i] % 6);
            if (x1 < -scale || y1 < -scale || x1 > w + scale || y1 > h + scale) continue;
            pen.beginPath();
            pen.moveTo(x1, y1);
            pen.lineTo(x2, y2);
            pen.lineWidth = scale * 0.14;
            pen.strokeStyle = colors.card;
            pen.stroke();
            pen.lineWidth = scale * (0.05 + 0.05 * part);
            pen.strokeStyle = shade(links.trees[i], mostTrees);
            pen.stroke();
          }
        }
        function paintTree() {
          const { wires, ends, home } = shown;
          pen.strokeStyle = pen.fillStyle = colors.tree;
          pen.lineWidth = Math.max(1.4, scale * 0.11);
          pen.lineCap = 'round';
          pen.beginPath();
          for (const wire of wires) {
            const chip = Math.floor(wire / 6), l = wire % 6, other = data.neighbours[wire];
            const x = xs[chip], y = ys[chip], dx = centreX(...steps[l]), dy = centreY(...steps[l]);
            const isNear = Math.abs(xs[other] - x - dx) + Math.abs(ys[other] - y - dy) < 1e-6;
            const reach = isNear ? 1 : 0.5;
            pen.moveTo(left + scale * x, top_ + scale * y);
            pen.lineTo(left + scale * (x + reach * dx), top_ + scale * (y + reach * dy));
            if (!isNear) {
              // Around the machine: it leaves here and comes in on the other side.
              pen.moveTo(left + scale * (xs[other] - 0.5 * dx), top_ + scale * (ys[other] - 0.5 * dy));
              pen.lineTo(left + scale * xs[other], top_ + scale * ys[other]);
            }
          }
          pen.stroke();
          pen.beginPath();
          for (const end of ends) {
            const x = left + scale * xs[end], y = top_ + scale * ys[end], size = Math.max(2, scale * 0.13);
            pen.moveTo(x + size, y);
            pen.arc(x, y, size, 0, 7);
          }
          pen.fill();
          pen.beginPath();
          pen.arc(left + scale * xs[home], top_ + scale * ys[home], Math.max(4, scale * 0.22), 0, 7);
          pen.fillStyle = colors.card;
          pen.fill();
          pen.stroke();
        }
        function paintFaults() {
          pen.strokeStyle = colors.bad;
          pen.lineWidth = Math.max(1, Math.min(3, scale / 12));
          pen.beginPath();
          for (const [x, y] of faultyChips) {
            const cx = left + scale * centreX(x, y), cy = top_ + scale * centreY(x, y);
            cross(cx, cy, scale * 0.28);
            if (isFinite(cx)) hexagon(cx, cy, scale * 0.9);
          }
          for (const [x, y, l] of data.faults.links) {
            const [dx, dy] = steps[l];
            const midX = x + dx / 2, midY = y + dy / 2;
            cross(left + scale * centreX(midX, midY), top_ + scale * centreY(midX, midY), scale * 0.11);
          }
          pen.stroke();
        }

        // What is under the pointer.
        function chipUnder(event) {
          const rect = canvas.getBoundingClientRect();
          const px = (event.clientX - rect.left - left) / scale, py = (event.clientY - rect.top - top_) / scale;
          const y = -py * 2 / root3, x = px + y / 2;
          let best = -1, nearest = 0.36;
          for (const cx of [Math.floor(x), Math.ceil(x)]) for (const cy of [Math.floor(y), Math.ceil(y)]) {
            const chip = chipAt.get(cx * 65536 + cy);
            if (chip === undefined) continue;
            const d = (xs[chip] - px) ** 2 + (ys[chip] - py) ** 2;
            if (d < nearest) { nearest = d; best = chip; }
          }
          return best;
        }
        const coreName = i => populations[cores.population[i]].name + ' ' + cores.first[i] + '–' + cores.last[i]
          + ['', '', ' (delay)', ' (synapses)'][cores.role[i]];
        const coresOfChip = new Map();
        cores.chip.forEach((chip, i) => {
          if (!coresOfChip.has(chip)) coresOfChip.set(chip, []);
          coresOfChip.get(chip).push(i);
        });
        const element = (kind, text, parent) => {
          const made = document.createElement(kind);
          if (text !== undefined) made.textContent = text;
          if (parent) parent.append(made);
          return made;
        };
        function describe(chip) {
          const detail = byId('detail');
          detail.replaceChildren();
          if (chip < 0) return;
          element('strong', 'chip ' + chips.x[chip] + ', ' + chips.y[chip] + ' on board ' + chips.board[chip], detail);
          const rows = [['cores', chips.cores[chip] + ' of ' + chips.workers[chip]],
            ['shared memory', bytes(chips.sdram[chip])],
            ['entries', number(chips.entries[chip]) + ' of ' + number(chips.before[chip])],
            ['busiest link', number(busiest[chip]) + ' trees']];
          const isHere = ([x, y]) => x === chips.x[chip] && y === chips.y[chip];
          const dead = data.faults.cores.filter(isHere).map(place => place[2]);
          if (dead.length) rows.push(['faulty cores', dead.join(', ')]);
          const table = element('table', undefined, detail);
          for (const row of rows) {
            const line = element('tr', undefined, table);
            row.forEach(text => element('td', text, line));
          }
          for (const i of coresOfChip.get(chip) || []) {
            const line = element('tr', undefined, table);
            element('td', coreName(i), line);
            element('td', 'core ' + cores.processor[i], line);
            line.title = 'key 0x' + cores.key[i].toString(16).padStart(8, '0');
          }
        }

        let grip = null;
        canvas.addEventListener('pointerdown', event => {
          grip = { x: event.clientX, y: event.clientY, left, top_, moved: false };
          canvas.setPointerCapture(event.pointerId);
        });
        canvas.addEventListener('pointermove', event => {
          if (!grip) {
            const chip = chipUnder(event);
            canvas.title = chip < 0 ? '' : 'chip ' + chips.x[chip] + ', ' + chips.y[chip] + ': ' + metric.name + ' '
              + metric.text(metric.of[chip]);
            return;
          }
          if (Math.abs(event.clientX - grip.x) + Math.abs(event.clientY - grip.y) > 4) grip.moved = true;
          left = grip.left + event.clientX - grip.x;
          top_ = grip.top_ + event.clientY - grip.y;
          draw();
        });
        canvas.addEventListener('pointerup', event => {
          if (grip && !grip.moved) { selected = chipUnder(event); describe(selected); draw(); }
          grip = null;
        });
        function zoom(factor, x, y) {
          const next = Math.max(0.5, Math.min(160, scale * factor)), change = next / scale;
          left = x - (x - left) * change;
          top_ = y - (y - top_) * change;
          scale = next;
          draw();
        }
        canvas.addEventListener('wheel', event => {
          event.preventDefault();
          const rect = canvas.getBoundingClientRect();
          zoom(Math.exp(-event.deltaY / 400), event.clientX - rect.left, event.clientY - rect.top);
        }, { passive: false });
        canvas.addEventListener('keydown', event => {
          const shift = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
          if (shift) { left += shift[0]; top_ += shift[1]; draw(); event.preventDefault(); }
          if (event.key === '+' || event.key === '-')
            zoom(event.key === '+' ? 1.25 : 0.8, canvas.clientWidth / 2, canvas.clientHeight / 2);
        });

        // Selectors.
        const option = (select, text, value) => { element('option', text, select).value = value; };
        metrics.forEach((each, i) => option(byId('metric'), each.name, i));
        function chooseMetric() {
          metric = metrics[byId('metric').value];
          byId('what').textContent = metric.name;
          byId('low').textContent = '0';
          byId('high').textContent = metric.text(metric.most);
          draw();
        }
        byId('metric').addEventListener('change', chooseMetric);
        const coresOfPopulation = populations.map(() => []);
        cores.population.forEach((population, i) => coresOfPopulation[population].push(i));
        option(byId('population'), 'none', -1);
        populations.forEach((population, i) => option(byId('population'), population.name, i));
        function chooseCore() {
          const chosen = byId('core').value;
          shown = null;
          if (chosen !== '' && chosen >= 0) {
            const [wires, ends] = cores.trees[cores.tree[chosen]];
            shown = { wires: sums(wires), ends: sums(ends), home: cores.chip[chosen] };
          }
          draw();
        }
        function choosePopulation() {
          const select = byId('core'), population = byId('population').value;
          select.replaceChildren();
          for (const i of population >= 0 ? coresOfPopulation[population] : [])
            option(select, cores.first[i] + '–' + cores.last[i] + ['', '', ' delay', ' synapses'][cores.role[i]], i);
          chooseCore();
        }
        byId('population').addEventListener('change', choosePopulation);
        byId('core').addEventListener('change', chooseCore);
        byId('wires').addEventListener('change', draw);
        const isUsed = i => chips.cores[i] > 0 || chips.before[i] > 0;
        byId('whole').addEventListener('click', () => { fit(() => true); draw(); });
        byId('used').addEventListener('click', () => { fit(isUsed); draw(); });
        if (cores.step > 1)
          byId('choice').textContent = ' One core in ' + cores.step + ' of ' + number(cores.all) + ' can be chosen.';

        // Tables that sort by the column clicked.
        function fill(id, columns, rows, limit) {
          const table = byId(id);
          let by = -1, down = true, length = limit;
          function show() {
            table.replaceChildren();
            const head = element('tr', undefined, table);
            columns.forEach((column, c) => {
              const cell = element('th', column.name + (c === by ? (down ? ' ↓' : ' ↑') : ''), head);
              cell.dataset.key = c;
              if (column.left) cell.className = 'left';
              cell.addEventListener('click', () => {
                down = c === by ? !down : !column.left;
                by = c;
                const text = row => String(column.of(row));
                const order = column.left ? (a, b) => text(a).localeCompare(text(b), 'en', { numeric: true })
                  : (a, b) => column.of(a) - column.of(b);
                rows.sort((a, b) => down ? -order(a, b) : order(a, b));
                show();
              });
            });
            for (const row of rows.slice(0, length)) {
              const line = element('tr', undefined, table);
              for (const column of columns) {
                const cell = element('td', (column.text || String)(column.of(row)), line);
                if (column.left) cell.className = 'left';
              }
            }
            if (rows.length > length) {
              const cell = element('td', undefined, element('tr', undefined, table));
              cell.colSpan = columns.length;
              const more = element('button', 'show more of ' + number(rows.length), cell);
              more.type = 'button';
              more.addEventListener('click', () => { length *= 4; show(); });
            }
          }
          show();
        }
        fill('populations', [
          { name: 'population', of: p => p.name, left: true }, { name: 'model', of: p => p.model, left: true },
          { name: 'size', of: p => p.size, text: number }, { name: 'neurons a core', of: p => p.slice, text: number },
          { name: 'limited by', of: p => p.limit, left: true }, { name: 'cores', of: p => p.cores, text: number },
          { name: 'delay extensions', of: p => p.extensions, text: number },
          { name: 'synapse cores', of: p => p.synapses, text: number },
          { name: 'chips', of: p => p.chips, text: number },
          { name: 'delay slots', of: p => p.slots, text: number }, { name: 'SDRAM', of: p => p.sdram, text: bytes },
          { name: 'DTCM of a core', of: p => p.dtcm, text: bytes },
          { name: 'tree links', of: p => p.links, text: number },
          { name: 'events/s of a core', of: p => p.events, text: number },
        ], populations.slice(), 50);
        const place = chip => chips.x[chip] + ', ' + chips.y[chip];
        const used = [];
        for (let i = 0; i < count; i++) if (isUsed(i)) used.push(i);
        used.sort((a, b) => chips.cores[b] - chips.cores[a] || a - b);
        fill('chips', [
          { name: 'chip', of: i => place(i), left: true }, { name: 'board', of: i => chips.board[i] },
          { name: 'cores', of: i => chips.cores[i] }, { name: 'of', of: i => chips.workers[i] },
          { name: 'SDRAM', of: i => chips.sdram[i], text: bytes },
          { name: 'entries before merging', of: i => chips.before[i], text: number },
          { name: 'entries', of: i => chips.entries[i], text: number },
          { name: 'busiest link: trees', of: i => busiest[i], text: number },
          { name: 'packets/s', of: i => packets[i], text: number },
        ], used, 20);
        const order = links.wire.map((_, i) => i);
        order.sort((a, b) => links.packets[b] - links.packets[a] || links.trees[b] - links.trees[a] || a - b);
        fill('links', [
          { name: 'chip', of: i => place(Math.floor(links.wire[i] / 6)), left: true },
          { name: 'link', of: i => links.wire[i] % 6 + ' ' + directions[links.wire[i] % 6], left: true },
          { name: 'trees', of: i => links.trees[i], text: number },
          { name: 'packets/s', of: i => links.packets[i], text: number },
        ], order, 20);

        isDark.addEventListener('change', () => { readColors(); draw(); });
        addEventListener('resize', draw);
        readColors();
        fit(() => true);
        chooseMetric();
        """#
}
