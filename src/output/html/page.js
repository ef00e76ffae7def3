
'use strict';
/* Sorts tables and zooms the timeline. A page is complete without this script. */
(() => {
	/* A cell's value: a number, text, or null if it is unknown. */
	function valueOf(cell, isNumber) {
		if (!isNumber)
			return cell.textContent;
		return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
	}

	function sortBy(heading, table) {
		const isNumber = heading.classList.contains('number');
		const first = isNumber ? 'descending' : 'ascending';
		const other = isNumber ? 'ascending' : 'descending';
		const order = heading.getAttribute('aria-sort') === first ? other : first;
		const sign = order === 'ascending' ? 1 : -1;
		const rows = Array.from(table.tBodies[0].rows, (row) => ({
			row, value: valueOf(row.cells[heading.cellIndex], isNumber),
		}));

		/* Unknown values come last in both orders. */
		rows.sort((a, b) => {
			if (a.value === null || b.value === null)
				return (a.value === null) - (b.value === null);
			return a.value < b.value ? -sign : a.value > b.value ? sign : 0;
		});
		for (const cell of heading.parentNode.cells)
			cell.removeAttribute('aria-sort');
		heading.setAttribute('aria-sort', order);
		table.tBodies[0].append(...rows.map(({row}) => row));
	}

	for (const table of document.querySelectorAll('table.sorts')) {
		for (const heading of table.tHead.rows[0].cells) {
			const button = document.createElement('button');

			button.type = 'button';
			button.append(...heading.childNodes);
			button.addEventListener('click', () => sortBy(heading, table));
			heading.append(button);
		}
	}

	/* Times are nanoseconds since the start of the run. */
	function timeline(svg) {
		const left = Number(svg.dataset.left), width = Number(svg.dataset.width);
		const all = [Number(svg.dataset.from), Number(svg.dataset.to)];
		const least = 100;
		const ticks = svg.querySelector('.ticks');
		const chosen = svg.querySelector('.chosen');
		const bars = Array.from(svg.querySelectorAll('[data-at]'), (bar) => ({
			bar, at: Number(bar.dataset.at), ns: Number(bar.dataset.ns),
		}));
		let [from, to] = all;

		function addTick(ns, decimals) {
			const tick = document.createElementNS(svg.namespaceURI, 'g');
			const line = document.createElementNS(svg.namespaceURI, 'line');
			const text = document.createElementNS(svg.namespaceURI, 'text');
			const x = left + (ns - from) / (to - from) * width;

			tick.setAttribute('class', 'tick');
			for (const [name, value] of [['x1', x], ['x2', x], ['y1', 0], ['y2', svg.dataset.height]])
				line.setAttribute(name, value);
			text.setAttribute('x', x);
			text.setAttribute('y', Number(svg.dataset.height) + 14);
			text.setAttribute('class', 'middle');
			text.textContent = (ns / 1e9).toFixed(decimals) + 's';
			tick.append(line, text);
			ticks.append(tick);
		}

		function draw() {
			const rough = (to - from) / 6, power = 10 ** Math.floor(Math.log10(rough));
			const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
			const decimals = Math.max(0, 9 - Math.floor(Math.log10(step) + 1e-9));

			for (const {bar, at, ns} of bars) {
				const a = Math.max(at, from), b = Math.min(at + ns, to);
				const shown = a <= b;

				bar.setAttribute('x', left + (a - from) / (to - from) * width);
				bar.setAttribute('width', shown ? Math.max((b - a) / (to - from) * width, .6) : 0);
			}
			ticks.replaceChildren();
			for (let nth = Math.ceil(from / step); nth * step <= to; nth++)
				addTick(nth * step, decimals);
		}

		function show(newFrom, newTo) {
			const length = Math.min(Math.max(newTo - newFrom, least), all[1] - all[0]);

			from = Math.min(Math.max(newFrom, all[0]), all[1] - length);
			to = from + length;
			draw();
		}

		/* around: the part of the width that stays where it is. */
		function zoom(factor, around) {
			const middle = from + (to - from) * around;

			show(middle - (middle - from) * factor, middle + (to - middle) * factor);
		}

		function partOf(event) {
			const box = svg.getBoundingClientRect();
			const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;

			return Math.min(Math.max((x - left) / width, 0), 1);
		}

		const actions = {
			in: () => zoom(.5, .5),
			out: () => zoom(2, .5),
			earlier: () => show(from - (to - from) / 2, to - (to - from) / 2),
			later: () => show(from + (to - from) / 2, to + (to - from) / 2),
			all: () => show(...all),
		};
		const tools = document.querySelector('.tools');
		let start = null;

		tools.hidden = false;
		svg.classList.add('zooms');
		for (const button of tools.querySelectorAll('button'))
			button.addEventListener('click', actions[button.dataset.zoom]);
		svg.addEventListener('wheel', (event) => {
			if (!event.ctrlKey && !event.metaKey)
				return;
			event.preventDefault();
			zoom(event.deltaY > 0 ? 1.25 : .8, partOf(event));
		}, {passive: false});
		svg.addEventListener('mousedown', (event) => {
			event.preventDefault();
			start = partOf(event);
		});
		window.addEventListener('mousemove', (event) => {
			const now = partOf(event);

			if (start === null)
				return;
			chosen.setAttribute('x', left + Math.min(start, now) * width);
			chosen.setAttribute('width', Math.abs(now - start) * width);
		});
		window.addEventListener('mouseup', (event) => {
			const now = partOf(event), length = to - from;

			if (start !== null && Math.abs(now - start) * width > 4)
				show(from + Math.min(start, now) * length, from + Math.max(start, now) * length);
			start = null;
			chosen.setAttribute('width', 0);
		});
		svg.addEventListener('dblclick', actions.all);
		draw();
	}

	const svg = document.querySelector('svg.timeline');
	if (svg)
		timeline(svg);
})();
