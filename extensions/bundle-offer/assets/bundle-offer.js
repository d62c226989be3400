/* Adds a bundle, tells what was seen. See extensions/README.md. */
(() => {
const page = document;
const one = ((selector, within = page) => within.querySelector(selector));
const all = ((selector, act, within = page) => within.querySelectorAll(selector).forEach(act));
const late = one('[data-bundlesmith-arm]');
if (late && !window.bundlesmith) page.head.append(late.content);
const store = window.bundlesmith;
if (!store || store.isOn) return;
store.isOn = true;
const shop = window.Shopify || {};
const offer = '[data-bundlesmith-offer]';
const idOf = (form) => form.dataset.bundlesmithOffer;
const on = ((...event) => page.addEventListener(...event));
const send = (name, detail) => page.dispatchEvent(new CustomEvent(name, { detail }));
let recording, observer;

const post = (url, fields) =>
	fetch(url, { method: 'POST', body: new URLSearchParams(fields), keepalive: true });

const publish = ((name, form, data) => {
	const { arm = null, visitor = null } = store.isAllowed && store.arm ? store : {};
	if (form) data = { bundle: idOf(form), variant: form.dataset.variant };
	shop.analytics?.publish?.(`bundlesmith:${name}`, { ...data, arm, visitor });
});

/* After a cart exists: two first requests at once would make two. */
const record = () => {
	if (!store.arm || !store.isAllowed) return;
	const fields = { 'attributes[_bundlesmith]': `${store.arm}:${store.visitor}` };
	return (recording ||= post(store.update, fields).catch(() => (recording = null)));
};

const settle = (() => {
	publish('arm');
	if (one('[data-bundlesmith-cart=""]')) record();
});

const ask = () => {
	const privacy = shop.customerPrivacy;
	if (privacy) store.keep(privacy.analyticsProcessingAllowed()), settle();
};

const hide = (form) => {
	const block = form.closest('.bundlesmith');
	form.hidden = true;
	block.hidden = !one('form:not([hidden])', block);
};

const add = async (form, say) => {
	const fields = new FormData(form);
	const drawer = one('cart-drawer, cart-notification');
	const sections = drawer?.getSectionsToRender?.();
	if (sections) {
		fields.set('sections', sections.map(({ id }) => id));
		fields.set('sections_url', location.pathname);
	}
	const answer = await post(store.add, fields);
	const result = await answer.json();
	if (!answer.ok) return say('failed', result.description);
	say('added');
	one('.bundlesmith__cart', form).hidden = false;
	let itemCount = 0;
	all('[data-quantity]', ({ dataset: { product, quantity } }) => {
		itemCount += +quantity;
		/* A line takes one discount: no rival offer is promised now. */
		all(`[data-product="${product}"]`, ({ form: rival }) => idOf(rival) === idOf(form) || hide(rival));
	}, form);
	publish('offer_added', form);
	await record();
	if (sections) {
		drawer.classList.remove('is-empty');
		drawer.renderContents({ ...result.items[0], ...result });
	}
	if (one('cart-icon')) send('cart:update', { data: { source: 'product-form-component', itemCount } });
	send('bundlesmith:added', result);
	if ('reload' in form.dataset) location.reload();
};

on('submit', async (event) => {
	const form = event.target;
	if (!form.matches(offer)) return;
	event.preventDefault();
	const button = one('[type=submit]', form);
	if (button.ariaDisabled === 'true') return;
	const status = one('[role=status]', form);
	const say = (key, text) => (status.textContent = text || status.dataset[key]);
	/* Not "disabled": that would take the focus away. */
	button.ariaDisabled = 'true';
	await add(form, say).catch(() => say('failed'));
	button.ariaDisabled = 'false';
});

on('click', ({ target }) => {
	const form = target.closest('.bundlesmith__dismiss')?.form;
	if (!form) return;
	publish('offer_dismissed', form);
	hide(form);
	store.dismiss(idOf(form));
});

/* Whoever fills the cart is recorded after the theme's own request. */
const watch = () => {
	begin();
	new PerformanceObserver((list) => {
		if (list.getEntries().some(({ name }) => /\/cart\/add\b/.test(name))) record();
	}).observe({ type: 'resource' });
};
on('click', watch, { once: true });

/* As bundlesmith-discount.liquid, in the format of the sample 1234567. */
const reprice = (form) => {
	const { base, bp, step, money } = form.dataset;
	const amounts = { total: +base };
	all('[data-quantity]', (field) => {
		const { price } = (field.selectedOptions?.[0] || field).dataset;
		amounts.total += amounts[field.name] = price * field.dataset.quantity;
	}, form);
	amounts.discount = Math.floor((amounts.total * bp) / (step * 1e4)) * step;
	form.dataset.price = amounts.price = amounts.total - amounts.discount;
	all('[data-amount]', (shown) => {
		const { amount, text = '{}' } = shown.dataset;
		const format = (_, comma, point) => {
			const [whole, cents] = (amounts[amount] / 100).toFixed(point ? 2 : 0).split('.');
			return whole.replace(/\B(?=(\d{3})+$)/g, comma) + (point ? point + cents : '');
		};
		shown.innerHTML = text.replace('{}', () => money.replace(/1(\D*)234\D*567(?:(\D)00)?/, format));
	}, form);
};

const follow = (id) =>
	all(`${offer} option[value="${+id}"]`, (option) => {
		option.selected = true;
		reprice(option.closest(offer));
	});

const look = (() => {
	observer ||= new IntersectionObserver(((entries) => {
		for (const { isIntersecting, target } of entries)
			if (isIntersecting) observer.unobserve(target), publish('offer_seen', target);
	}), { threshold: 0.5 });
	all(offer, ((form) => observer.observe(form)));
});

let begin = (() => {
	begin = () => {};
	on('change', ({ target: { name, value, form } }) => {
		if (form?.matches(offer)) reprice(form);
		if (name === 'id') follow(value);
	});
	on('variant:update', ({ detail }) => follow(detail?.resource?.id));
	on('visitorConsentCollected', ask);
	on('shopify:section:load', look);
	if (one(offer)) look();
	settle();
	if (store.isAllowed === null) shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], ask);
});
(window.requestIdleCallback || setTimeout)((() => begin()), { timeout: 2000 });
})();
