/* Adds a bundle with one request and tells what was seen. Works without, too. More in extensions/README.md. */
(() => {
	const page = document;
	const late = page.querySelector('template[data-bundlesmith-arm]');
	if (late && !window.bundlesmith) page.head.append(late.content);
	const store = window.bundlesmith;
	if (!store || store.isStarted) return;
	store.isStarted = true;
	const offer = '[data-bundlesmith-offer]';
	let recording, additions;

	const post = (url, fields) =>
		fetch(url, {
			method: 'POST',
			headers: { Accept: 'application/json' },
			body: new URLSearchParams(fields),
			keepalive: true,
		});

	const publish = (name, data) => {
		const { arm = null, visitor = null } = store.isAllowed && store.arm ? store : {};
		window.Shopify?.analytics?.publish?.(`bundlesmith:${name}`, { ...data, arm, visitor });
	};

	const tell = (kind, { dataset }) =>
		publish(`offer_${kind}`, { bundle: dataset.bundlesmithOffer, variant: dataset.variant });

	/* The consent script has spoken. */
	const settle = () => {
		const privacy = window.Shopify?.customerPrivacy;
		if (!privacy?.analyticsProcessingAllowed) return;
		store.keep(privacy.analyticsProcessingAllowed());
		publish('arm');
		recordCart();
	};

	/* Only after a cart exists: two first requests at once would make two carts. */
	const record = () => {
		if (!store.arm || !store.isAllowed) return;
		const fields = { 'attributes[_bundlesmith]': `${store.arm}:${store.visitor}` };
		return (recording ||= post(store.update, fields).catch(() => (recording = null)));
	};

	const recordCart = () => page.querySelector('[data-bundlesmith-cart=""]') && record();

	const say = (form, key, detail) => {
		const status = form.querySelector('[role=status]');
		status.textContent = detail || status.dataset[key];
	};

	const add = async (form) => {
		const fields = new FormData(form);
		const drawer = page.querySelector('cart-drawer, cart-notification');
		const sections = drawer?.renderContents && drawer.getSectionsToRender?.().map(({ id }) => id);
		if (sections) {
			fields.set('sections', sections);
			fields.set('sections_url', location.pathname);
		}
		const answer = await post(store.add, fields);
		const result = await answer.json();
		if (!answer.ok) return say(form, 'failed', result.description);
		say(form, 'added');
		tell('added', form);
		await record();
		if (sections) {
			drawer.classList.remove('is-empty');
			drawer.renderContents({ ...result.items[0], ...result });
		}
		page.dispatchEvent(new CustomEvent('bundlesmith:added', { detail: result }));
		if ('reload' in form.dataset) location.reload();
	};

	page.addEventListener('submit', async (event) => {
		const form = event.target.closest(offer);
		if (!form) return;
		event.preventDefault();
		const button = form.querySelector('[type=submit]');
		if (button.ariaDisabled === 'true') return;
		/* Not "disabled": that would take the focus away. */
		button.ariaDisabled = 'true';
		await add(form).catch(() => say(form, 'failed'));
		button.ariaDisabled = 'false';
	});

	/* Whoever fills the cart is recorded once the theme's own request is through. */
	const watch = () => {
		additions = new PerformanceObserver((list) => {
			if (list.getEntries().some(({ name }) => /\/cart\/add(\.js)?(\?|$)/.test(name))) record();
		});
		additions.observe({ type: 'resource' });
	};

	page.addEventListener('click', ({ target }) => {
		additions || watch();
		const form = target.closest('[data-bundlesmith-dismiss]')?.form;
		if (!form) return;
		const block = form.closest('.bundlesmith');
		tell('dismissed', form);
		form.hidden = true;
		block.hidden = !block.querySelector('form:not([hidden])');
		store.dismiss(form.dataset.bundlesmithOffer);
	});

	/* Hundredths in the shop's format, read off the sample 1234567. */
	const format = (sample, hundredths) =>
		sample.replace(/1(\D*)234\D*567(?:(\D)00)?/, (_, comma, point) => {
			const [whole, cents] = (hundredths / 100).toFixed(point ? 2 : 0).split('.');
			return whole.replace(/\B(?=(\d{3})+$)/g, comma) + (point ? point + cents : '');
		});

	/* The arithmetic of snippets/bundlesmith-discount.liquid. */
	const reprice = (form) => {
		const { base, bp, step, money } = form.dataset;
		const amounts = { total: +base };
		for (const field of form.querySelectorAll('[data-quantity]')) {
			const { price } = (field.selectedOptions?.[0] || field).dataset;
			amounts.total += amounts[field.name] = price * field.dataset.quantity;
		}
		amounts.discount = Math.floor((amounts.total * bp) / (step * 1e4)) * step;
		amounts.price = amounts.total - amounts.discount;
		for (const shown of form.querySelectorAll('[data-amount]')) {
			const { amount, text = '{}' } = shown.dataset;
			shown.innerHTML = text.replace('{}', () => format(money, amounts[amount]));
		}
		form.dataset.price = amounts.price;
	};

	page.addEventListener('change', ({ target: { name, value, form } }) => {
		if (form?.matches(offer)) reprice(form);
		/* The theme's own picker: the offers follow it. */
		if (name !== 'id') return;
		for (const option of page.querySelectorAll(`${offer} option[value="${value}"]`)) {
			option.selected = true;
			reprice(option.closest(offer));
		}
	});

	const observer = new IntersectionObserver(
		(entries) => {
			for (const { isIntersecting, target } of entries) {
				if (!isIntersecting) continue;
				observer.unobserve(target);
				tell('seen', target);
			}
		},
		{ threshold: 0.5 },
	);

	const start = () => {
		for (const form of page.querySelectorAll(offer)) observer.observe(form);
		recordCart();
	};
	(window.requestIdleCallback || setTimeout)(() => {
		start();
		/* On every page: who sees no offer counts too. */
		publish('arm');
		if (store.isAllowed !== null) return;
		Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], settle);
	});
	page.addEventListener('visitorConsentCollected', settle);
	page.addEventListener('shopify:section:load', start);
})();
