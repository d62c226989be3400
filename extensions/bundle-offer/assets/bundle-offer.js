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
	all('[name]', ({ name, value }) => fields.set(name, value), box);
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
	all('[data-quantity]', ({ dataset: { product, quantity } }) => {
		itemCount += +quantity;
		/* A line takes one discount: promise no rival. */
		all(`${offer}:has([data-product="${product}"])`, (rival) => idOf(rival) === idOf(box) || hide(rival));
	}, box);
	publish('offer_added', box);
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

/* As bundlesmith-discount.liquid, in the format of the sample 1234567. */
const reprice = (box) => {
	const { base, bp, step, money } = box.dataset;
	const amounts = { total: +base };
	all('[data-quantity]', (field) => {
		const { price } = (field.selectedOptions?.[0] || field).dataset;
		amounts.total += amounts[field.name] = price * field.dataset.quantity;
	}, box);
	amounts.discount = Math.floor((amounts.total * bp) / (step * 1e4)) * step;
	box.dataset.price = amounts.price = amounts.total - amounts.discount;
	all('[data-amount]', (shown) => {
		const { amount, text = '{}' } = shown.dataset;
		const format = (_, comma, point) => {
			const [whole, cents] = (amounts[amount] / 100).toFixed(point ? 2 : 0).split('.');
			return whole.replace(/\B(?=(\d{3})+$)/g, comma) + (point ? point + cents : '');
		};
		shown.innerHTML = text.replace('{}', () => money.replace(/1(\D*)234\D*567(?:(\D)00)?/, format));
	}, box);
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
if (shop.designMode) on('shopify:section:load', look);
if (one(offer)) look();

/* Once the page is quiet, if at all. */
const settle =
	'mark' in store
		? marked != null && record
		: () => shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], ask);
if (settle) (window.requestIdleCallback || setTimeout)(settle, { timeout: 2000 });
})();
