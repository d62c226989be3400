/* See extensions/README.md. */
(() => {
const page = document;
const one = ((selector, within = page) => within.querySelector(selector));
const all = ((selector, act, within = page) => within.querySelectorAll(selector).forEach(act));
/* What no paint waits for. */
if (!window.bundlesmith || /bundlesmith=/.test(location.search))
	all('[data-bundlesmith-late]', ({ content }) => page.head.append(content));
const store = window.bundlesmith;
if (!store || store.isOn) return;
store.isOn = true;
const shop = window.Shopify || {};
const offer = '[data-bundlesmith-offer]';
const idOf = (box) => box.dataset.bundlesmithOffer;
const on = page.addEventListener.bind(page);
const send = (name, detail) => page.dispatchEvent(new CustomEvent(name, { detail }));
/* The cart's own, if told. */
let marked = one('[data-bundlesmith-cart]')?.dataset.bundlesmithCart;
let recording, observer;

const post = (url, body) => fetch(url, { method: 'POST', body, keepalive: true });

const publish = (name, box) => {
	const { arm = null, visitor = null } = store.mark ? store : {};
	const data = { bundle: idOf(box), variant: box.dataset.variant, arm, visitor };
	shop.analytics?.publish?.(`bundlesmith:${name}`, data);
};

/* After a cart exists: two first requests would make two. */
const record = () => {
	const { mark = marked } = store;
	const fields = new URLSearchParams({ 'attributes[_bundlesmith]': mark });
	if (mark !== marked) recording = post(store.update, fields).catch(() => (marked = null));
	marked = mark;
	return recording;
};

const ask = () => {
	const privacy = shop.customerPrivacy;
	if (privacy) store.keep(privacy.analyticsProcessingAllowed());
	if (marked != null) record();
};

const hide = (box) => {
	const block = box.closest('.bundlesmith');
	box.hidden = true;
	block.hidden = !one(offer + ':not([hidden])', block);
};

const add = async (box, say) => {
	const fields = new URLSearchParams();
	all('[name]:enabled', ({ name, value }) => fields.set(name, value), box);
	const drawer = one('cart-drawer, cart-notification');
	const sections = drawer?.getSectionsToRender?.();
	if (sections) {
		fields.set('sections', sections.map(({ id }) => id));
		fields.set('sections_url', location.pathname);
	}
	/* A holdout gets no discount. */
	store.mark || (await record());
	const answer = await post(store.add, fields);
	const result = await answer.json();
	if (!answer.ok) return say('failed', result.description);
	say('added');
	one('.bundlesmith__cart', box).hidden = false;
	let itemCount = 0;
	const isTaken = !('full' in box.dataset);
	lines(box, ({ dataset: { product } }, units) => {
		itemCount += units;
		/* A line takes one discount: promise no rival. */
		all(`${offer}:has([data-product="${product}"])`, (rival) => idOf(rival) === idOf(box) || !isTaken || hide(rival));
	});
	if (isTaken) publish('offer_added', box);
	await record();
	if (sections) {
		drawer.classList.remove('is-empty');
		drawer.renderContents({ ...result.items[0], ...result });
	}
	if (one('cart-icon')) send('cart:update', { data: { source: 'product-form-component', itemCount } });
	send('bundlesmith:added', result);
	if ('reload' in box.dataset) location.reload();
};

const buy = async (button, box) => {
	if (button.ariaDisabled === 'true') return;
	const status = one('[role=status]', box);
	const say = (key, text) => (status.textContent = text || status.dataset[key]);
	/* "disabled" would take the focus away. */
	button.ariaDisabled = 'true';
	await add(box, say).catch(() => say('failed'));
	button.ariaDisabled = 'false';
};

/* After the theme's own adding. */
const watch = (list) => {
	if (list.getEntries().some(({ name }) => /\/cart\/add\b/.test(name))) record();
};
on('click', () => new PerformanceObserver(watch).observe({ type: 'resource' }), { once: true });

on('click', (event) => {
	const button = event.target.closest('button');
	const box = button?.closest(offer);
	if (!box) return;
	event.preventDefault();
	if (button.type === 'submit') return buy(button, box);
	publish('offer_dismissed', box);
	hide(box);
	store.dismiss(idOf(box));
});

/* The shop's money in the cart's, half up. */
const convert = (hundredths, step) => {
	const [whole, part = ''] = `${shop.currency?.rate || 1}`.split('.');
	const unit = BigInt(step) * 1000000n;
	const twice = 2n * BigInt(hundredths) * BigInt(whole + part.padEnd(6, 0).slice(0, 6));
	return Math.max(1, Number((twice + unit) / (2n * unit))) * step;
};

/* As bundlesmith-reward.liquid. */
const save = (reward, total, step) => {
	const size = reward.slice(1);
	if (reward[0] === '%') return Math.floor((total * size) / (step * 1e4)) * step;
	const amount = convert(size, step);
	return reward[0] === '-' ? Math.min(total, amount) : total - amount;
};

/* The fields of what an offer adds: each with its units and price. */
const lines = (box, act) => all('[name$="[id]"]:enabled', (field) => {
	const { value } = one(`[name="${field.name.replace('[id]', '[quantity]')}"]`, box);
	act(field, +value, (field.selectedOptions?.[0] || field).dataset.price * value);
}, box);

/* In the format of the sample 1234567. */
const reprice = (box) => {
	const { base, reward, step, money } = box.dataset;
	const amounts = { total: +base, count: 0 };
	let isWhole = true;
	all('.bundlesmith__tick', (tick) => {
		isWhole &&= tick.checked;
		all('[name]', (field) => (field.disabled = !tick.checked), tick.parentNode);
	}, box);
	lines(box, ({ name, dataset }, units, price) => {
		amounts.count += units;
		amounts.total += amounts[name] = price;
		if ('gift' in dataset) amounts.goal = price;
	});
	const { total, goal = total } = amounts;
	amounts.added = total - base;
	amounts.discount = isWhole ? Math.max(0, save(reward, goal, +step)) : 0;
	amounts.gift = goal - amounts.discount;
	box.dataset.price = amounts.price = total - amounts.discount;
	box.toggleAttribute('data-full', !amounts.discount);
	all('[data-amount]', (shown) => {
		const { amount, text = '{}' } = shown.dataset;
		if (!(amount in amounts)) return;
		const format = (_, comma, point) => {
			const [whole, cents] = (amounts[amount] / 100).toFixed(point ? 2 : 0).split('.');
			return whole.replace(/\B(?=(\d{3})+$)/g, comma) + (point ? point + cents : '');
		};
		shown.innerHTML = text
			.replace('{n}', amounts.count)
			.replace('{}', () => money.replace(/1(\D*)234\D*567(?:(\D)00)?/, format));
	}, box);
	one('.bundlesmith__add', box).ariaDisabled = !amounts.count;
};

const follow = (id) =>
	all(`${offer} option[value="${+id}"]`, (option) => {
		option.selected = true;
		reprice(option.closest(offer));
	});

on('change', ({ target }) => {
	const box = target.closest(offer);
	if (box) reprice(box);
	else if (target.name === 'id') follow(target.value);
});
on('variant:update', ({ detail }) => follow(detail?.resource?.id));
on('visitorConsentCollected', ask);

const look = (() => {
	observer ||= new IntersectionObserver(((entries) => {
		for (const { isIntersecting, target } of entries)
			if (isIntersecting) observer.unobserve(target), publish('offer_seen', target);
	}), { threshold: 0.5 });
	all(offer, ((box) => observer.observe(box)));
});
/* Amounts that wait for the day's rate. */
all('[data-late]', (box) => {
	reprice(box);
	if (shop.currency?.rate && !('full' in box.dataset)) delete box.dataset.late;
	else hide(box);
});
if (shop.designMode) on('shopify:section:load', look);
if (one(offer)) look();

/* Once the page is quiet, if at all. */
const settle =
	'mark' in store
		? marked != null && record
		: () => shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], ask);
if (settle) (window.requestIdleCallback || setTimeout)(settle, { timeout: 2000 });
})();
