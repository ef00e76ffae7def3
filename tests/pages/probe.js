'use strict';
/* Reads a page and uses it as a reader would; the result is JSON in base64 in the element "probe". */
(() => {
	const result = {tables: {}, figures: {}, counts: {}, bars: {}, unsorted: [], zoom: null};
	const all = (selector, of = document) => Array.from(of.querySelectorAll(selector));
	const sum = (elements, name) => elements.reduce((n, element) => n + Number(element.dataset[name]), 0);

	function valueOf(cell) {
		return cell.dataset.value === undefined ? cell.textContent : cell.dataset.value;
	}

	for (const table of all('table.sorts')) {
		const names = Array.from(table.tHead.rows[0].cells, (cell) => cell.dataset.name);

		result.tables[table.id] = Array.from(table.tBodies[0].rows, (row) =>
			Object.fromEntries(Array.from(row.cells, (cell, i) => [names[i], valueOf(cell)])
				.filter(([name]) => name)));
	}
	for (const list of all('dl.figures'))
		result.figures[list.id] = Object.fromEntries(all('dd', list).map((value) => [value.dataset.name, valueOf(value)]));
	for (const svg of all('svg[id^=distributions]'))
		result.counts[svg.id] = all(':scope > g:not(.tick)', svg).map((row) =>
			sum(all('[data-count]', row), 'count') + sum(all('[data-zeros]', row), 'zeros'));
	result.counts.lines = all('svg.line').map((svg) => ['base', 'new'].map((side) =>
		sum(all(`.${side}`, svg), 'count') + sum(all(`[data-${side}]`, svg), side)));
	for (const svg of all('svg[id^=bars]'))
		result.bars[svg.id] = all(':scope > g', svg).map((row) =>
			Object.fromEntries(all('[data-ns]', row).map((part) => [part.getAttribute('class'), Number(part.dataset.ns)])));

	/* Clicks each heading twice; each order has to be right. */
	for (const table of all('table.sorts')) {
		for (const heading of table.tHead.rows[0].cells) {
			const isNumber = heading.classList.contains('number');

			for (let times = 0; times < 2; times++) {
				heading.querySelector('button').click();
				const sign = heading.getAttribute('aria-sort') === 'ascending' ? 1 : -1;
				const values = Array.from(table.tBodies[0].rows, (row) => row.cells[heading.cellIndex])
					.map((cell) => isNumber ? Number(cell.dataset.value ?? NaN) : cell.textContent);
				const known = values.filter((value) => value === value);
				const sorted = known.every((value, i) => !i ||
					(sign > 0 ? known[i - 1] <= value : known[i - 1] >= value));
				const unknownLast = values.slice(0, known.length).every((value) => value === value);

				if (!sorted || !unknownLast)
					result.unsorted.push(`${table.id}: ${heading.textContent}`);
			}
		}
	}

	const timeline = document.querySelector('svg.timeline');
	if (timeline) {
		const bars = all('[data-at]', timeline);
		const places = () => bars.map((bar) => [Number(bar.getAttribute('x')), Number(bar.getAttribute('width'))]);
		const press = (what) => document.querySelector(`[data-zoom=${what}]`).click();
		const mouse = (type, x) => timeline.dispatchEvent(new MouseEvent(type, {clientX: x, clientY: 5, bubbles: true, cancelable: true}));
		const box = timeline.getBoundingClientRect();
		const at = (part) => box.left + (Number(timeline.dataset.left) + Number(timeline.dataset.width) * part) /
			timeline.viewBox.baseVal.width * box.width;
		const zoom = {bars: bars.length, first: places()};

		press('in');
		zoom.in = places();
		press('all');
		zoom.all = places();
		mouse('mousedown', at(.25));
		mouse('mousemove', at(.4));
		mouse('mouseup', at(.5));
		zoom.dragged = places();
		press('out');
		zoom.out = places();
		press('later');
		press('earlier');
		mouse('dblclick', at(.5));
		zoom.end = places();
		zoom.ticks = all('.ticks text', timeline).map((text) => text.textContent);
		zoom.width = Number(timeline.dataset.width);
		zoom.left = Number(timeline.dataset.left);
		result.zoom = zoom;
	}
	result.background = getComputedStyle(document.body).backgroundColor;
	result.hidden = all('.tools').every((tools) => tools.hidden);

	const probe = document.createElement('pre');
	probe.id = 'probe';
	probe.textContent = btoa(Array.from(new TextEncoder().encode(JSON.stringify(result)), (byte) => String.fromCharCode(byte)).join(''));
	document.body.append(probe);
})();
