(() => {
const page = document;
const one = (selector, within = page) => within.querySelector(selector);
const all = (selector, act, within = page) => within.querySelectorAll(selector).forEach(act);
if (!window.bundlesmith || /bundlesmith=/.test(location.search))
	all('[data-bundlesmith-late]', ({ content }) => page.head.append(content));
const store = window.bundlesmith;
if (!store || store.isOn) return;
store.isOn = true;
const shop = window.Shopify || {};
const offer = '[data-bundlesmith-offer]';
const live = ':is(:checked,select,[type=hidden]):enabled';
const idOf = (box) => box.dataset.bundlesmithOffer;
const on = page.addEventListener.bind(page);
let recorded, watched, marked = one('[data-bundlesmith-cart]')?.dataset.bundlesmithCart;

const post = (url, data) => fetch(url, {
	method: 'POST', body: JSON.stringify(data), headers: { 'Content-Type': 'application/json' }, keepalive: true
});

const publish = (name, box) => {
	const { arm, visitor } = store.mark ? store : {};
	shop.analytics?.publish(`bundlesmith:${name}`, { bundle: idOf(box), variant: box.dataset.variant, arm, visitor });
};

const record = () => {
	const { mark = marked } = store;
	if (mark !== marked)
		recorded = post(store.update, { attributes: { _bundlesmith: mark } }).catch(() => marked = null);
	marked = mark;
	return recorded;
};

const ask = () => {
	shop.customerPrivacy && store.keep(shop.customerPrivacy.analyticsProcessingAllowed());
	marked == null || record();
};

const hide = (box) => {
	const block = box.closest('.bundlesmith');
	box.hidden = true;
	block.hidden = !one(offer + ':not([hidden])', block);
};

const add = async (box, say) => {
	const items = [];
	lines(box, ({ value: id }, quantity) => items.push({ id, quantity }));
	if (!items[0]) return;
	const update = shop.actions?.updateCart;
	const drawer = one('cart-drawer, cart-notification');
	const drawn = update?.isDefault() != false && drawer?.getSectionsToRender?.();
	store.mark || await record();
	const result = await (update && !drawn
		? update({ lines: items.map(({ id, quantity }) => ({ merchandiseId: id, quantity })) })
		: (await post(store.add, { items, sections: drawn?.map(({ id }) => id) })).json());
	const { userErrors, status, description = userErrors?.[0]?.message } = result;
	if (status || description) return say('failed', description);
	say('added');
	one('.bundlesmith__cart', box).hidden = false;
	const { full, reload, reward } = box.dataset;
	full ?? all(offer, (rival) => idOf(rival) == idOf(box)
		? --rival.dataset.left || one('.bundlesmith__cart', rival).focus()
		: lines(box, ({ dataset }) => one(`[data-product="${dataset.product}"]`, rival) && hide(rival)));
	reward && full == '' || publish('offer_added', box);
	await record();
	if (drawn) {
		drawer.classList.remove('is-empty');
		drawer.renderContents({ ...result.items[0], ...result });
	}
	reload == '' && location.reload();
};

const buy = async (button, box) => {
	if (button.ariaDisabled == 'true') return;
	const status = one('[role=status]', box);
	const say = (key, text) => status.textContent ||= text || status.dataset[key];
	button.ariaDisabled = true;
	status.textContent = '';
	await add(box, say).catch(() => say('failed'));
	button.ariaDisabled = false;
};

on('click', (event) => {
	watched ||= !new PerformanceObserver((list) =>
		list.getEntries().some(({ name }) => /cart\/add\b/.test(name)) && record()).observe({ type: 'resource' });
	const button = event.target.closest('button,.bundlesmith__cart');
	const box = button?.closest(offer);
	const open = shop.actions?.openCart;
	if (!box || button.href && !open) return;
	event.preventDefault();
	if (button.href) return open();
	if (button.type == 'submit') return buy(button, box);
	publish('offer_dismissed', box);
	store.dismiss(idOf(box));
});

const convert = (reward, step) => {
	const unit = BigInt(step * 1e6);
	const size = BigInt(reward.slice(1)) * BigInt(Math.trunc(`${shop.currency?.rate || 1}e6`));
	return (Number((size + unit / 2n) / unit) || 1) * step;
};

const save = (reward, total, step) => {
	if (reward[0] == '%') return Math.floor(total * reward.slice(1) / (step * 1e4)) * step;
	const amount = convert(reward, step);
	return reward[0] == '-' ? Math.min(total, amount) : total - amount;
};

const lines = (box, act) => all('[name$="[id]"]' + live, (field) => {
	const { value: units = 1 } = one(`[name="${field.name.replace('[id', '[quantity')}"]${live}`, box) || {};
	act(field, +units, (field.selectedOptions?.[0] || field).dataset.price * units);
}, box);

const reprice = (box) => {
	const { base, reward, step, money, units } = box.dataset;
	const tier = one('[type=radio]:checked', box);
	const need = +(tier?.value ?? units);
	const sum = { total: +base, count: 0, deal: convert(reward, step) };
	const prices = new Set();
	let isAll = true;
	all('[type=checkbox]', (tick) => {
		isAll &&= tick.checked;
		all('[name]', (field) => field == tick || (field.disabled = !tick.checked), tick.closest('li'));
	}, box);
	lines(box, ({ name, dataset }, units, price) => {
		sum.count += units;
		sum.total += sum[name] = price;
		prices.add(price / units);
		if ('gift' in dataset) sum.goal = price;
	});
	const { total, count, goal = total } = sum;
	if (need) isAll = count == need;
	const gain = (reward, total, units) => {
		const sets = tier && reward[0] == '%' && prices.size == 1 ? units : 1;
		return reward && Math.max(0, sets * save(reward, total / sets, step));
	};
	all('[type=radio]', ({ value, dataset }) => {
		const total = sum['total' + value] = value * [...prices][0];
		sum['price' + value] = total - (sum['off' + value] = gain(dataset.reward, total, value));
	}, box);
	const discount = sum.discount = +(isAll && gain((tier || box).dataset.reward, goal, count));
	sum.added = total - base;
	sum.gift = goal - discount;
	box.dataset.price = sum.price = total - discount;
	box.toggleAttribute('data-full', !discount);
	const canAdd = count && (!tier || isAll && (discount || tier.name[0] == 'i'));
	all('[type=checkbox]:not(:checked)', (tick) => tick.disabled = count >= need, box);
	all('[data-amount]', (shown) => {
		const { amount, text = '{}', none = text } = shown.dataset;
		if (!(amount in sum)) return;
		const format = (_, comma, point) => (sum[amount] / 100).toFixed(point ? 2 : 0)
			.replace(/\.|\B(?=(\d{3})+\b)/g, (sign) => sign ? point : comma);
		shown.innerHTML = (canAdd ? text : none).replace(/{(.?)}/g, (_, key) =>
			key ? { n: count, m: need - count, u: need }[key] : money.replace(/1(\D*)234\D*567(?:(\D)00)?/, format));
	}, box);
	all('[type=submit]', (it) => it.ariaDisabled = !canAdd, box);
	return count - need;
};

const follow = (id) => all(`${offer} option[value="${/\d*$/.exec(id)}"]`, (option) => {
	option.selected = true;
	reprice(option.closest(offer));
});

on('change', ({ target }) => {
	const box = target.closest(offer);
	if (box) while (reprice(box) > 0) [...box.querySelectorAll('[type=checkbox]:checked')].pop().checked = false;
	else if (target.name == 'id') follow(target.value);
});
const after = (name, act) => on('shopify:' + name, ({ promise }) => promise?.then(act, () => 0));
after('product:select', ({ variant }) => follow(variant?.id));
after('cart:lines-update', record);
on('visitorConsentCollected', ask);

const seen = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
	if (isIntersecting) seen.unobserve(target), publish('offer_seen', target);
}), { threshold: .5 });
const draw = () => all('[data-late]', (box) => {
	delete box.dataset.late;
	reprice(box);
	shop.currency?.rate && !box.matches('[data-reload][data-full]') || hide(box);
});
draw();
new MutationObserver(draw).observe(page, { childList: true, subtree: true });
all(offer, (box) => seen.observe(box));
all(offer + ':has([value]:checked:not(:default),[checked]:not(:checked))', reprice);

(window.requestIdleCallback || setTimeout)(() =>
	'mark' in store ? ask() : shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], ask), { timeout: 2000 });
})();
