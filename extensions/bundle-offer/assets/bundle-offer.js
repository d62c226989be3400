/* Bundlesmith: adds a bundle with one request, and tells which offers were seen. Everything works without it. */
(() => {
  const store = window.bundlesmith;
  if (!store || store.isStarted) return;
  store.isStarted = true;
  let recording;

  const post = (url, body) =>
    fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
    });

  const publish = (name, data) => {
    const { analytics } = window.Shopify || {};
    const { arm = null, visitor = null } = store.isAllowed && store.arm ? store : {};
    if (analytics && analytics.publish) analytics.publish(`bundlesmith:${name}`, { ...data, arm, visitor });
  };

  const tell = (kind, { dataset }) =>
    publish(`offer_${kind}`, { bundle: dataset.bundlesmithOffer, variant: dataset.variant });

  const keep = (key, value) => (value ? localStorage.setItem(key, value) : localStorage.removeItem(key));

  /* The consent script has spoken: keep the visitor's key, or only that it is refused. */
  const settle = () => {
    const { customerPrivacy: privacy } = window.Shopify || {};
    if (!privacy || !privacy.analyticsProcessingAllowed) return;
    store.isAllowed = privacy.analyticsProcessingAllowed();
    try {
      keep(store.key, store.isAllowed ? store.visitor : 'refused');
      keep('bundlesmith-arm', store.isAllowed && store.arm);
    } catch (blocked) {
      /* Then this visitor stays unmeasured. */
    }
    publish('arm');
    recordCart();
  };

  /* Writes the arm on the cart. Only ever after a cart exists: two first requests at once would make two carts. */
  const record = () => {
    if (!store.arm || !store.isAllowed) return;
    recording ||= post(store.update, { attributes: { _bundlesmith: `${store.arm}:${store.visitor}` } }).catch(() => {
      recording = undefined;
    });
    return recording;
  };

  /* A cart from before this visit's consent or from a page without our script lacks the arm. */
  const recordCart = () => {
    if (document.querySelector('[data-bundlesmith-cart=""]')) record();
  };

  const say = (form, key, detail) => {
    const status = form.querySelector('[role=status]');
    status.textContent = detail || status.dataset[key];
  };

  const add = async (form) => {
    const fields = new FormData(form);
    const items = [];
    for (let i = 0; fields.has(`items[${i}][id]`); i++) {
      items.push({ id: Number(fields.get(`items[${i}][id]`)), quantity: Number(fields.get(`items[${i}][quantity]`)) });
    }
    const body = { items };
    const drawer = document.querySelector('cart-drawer, cart-notification');
    const canRender = drawer && drawer.getSectionsToRender && drawer.renderContents;
    if (canRender) {
      body.sections = drawer.getSectionsToRender().map((section) => section.id);
      body.sections_url = location.pathname;
    }
    const answer = await post(store.add, body);
    const result = await answer.json();
    if (!answer.ok) return say(form, 'failed', result.description);
    say(form, 'added');
    tell('added', form);
    await record();
    if (canRender) {
      if (drawer.classList) drawer.classList.remove('is-empty');
      drawer.renderContents({ ...result.items[0], ...result });
    }
    document.dispatchEvent(new CustomEvent('bundlesmith:added', { detail: result }));
    if (form.hasAttribute('data-reload')) location.reload();
  };

  const hide = (form) => {
    const block = form.closest('.bundlesmith');
    form.hidden = true;
    if (!block.querySelector('form:not([hidden])')) block.hidden = true;
  };

  document.addEventListener('submit', async (event) => {
    const form = event.target.closest('[data-bundlesmith-offer]');
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector('[type=submit]');
    if (button.getAttribute('aria-disabled') === 'true') return;
    /* Not "disabled": that would take the focus away from who pressed it. */
    button.setAttribute('aria-disabled', 'true');
    try {
      await add(form);
    } catch (failure) {
      say(form, 'failed');
    }
    button.removeAttribute('aria-disabled');
  });

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-bundlesmith-dismiss]');
    if (!button) return;
    const form = button.closest('form');
    tell('dismissed', form);
    hide(form);
    try {
      const [until, ...ids] = (localStorage.getItem('bundlesmith-dismissed') || '').split(' ');
      const hidden = [...(until > Date.now() ? ids : []), form.dataset.bundlesmithOffer];
      localStorage.setItem('bundlesmith-dismissed', [Date.now() + 864e5, ...hidden].join(' '));
    } catch (blocked) {
      /* Hidden on this page at least. */
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
    for (const form of document.querySelectorAll('[data-bundlesmith-offer]:not([data-is-watched])')) {
      form.dataset.isWatched = '';
      form.querySelector('[data-bundlesmith-dismiss]').hidden = false;
      observer.observe(form);
    }
    recordCart();
  };
  start();
  /* On every page: who sees no offer counts too. */
  publish('arm');
  if (store.isAllowed === null) {
    window.Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], settle);
  }
  document.addEventListener('visitorConsentCollected', settle);
  document.addEventListener('shopify:section:load', start);

  /* Whoever fills the cart, in either arm, is recorded as soon as the theme's own request is through. */
  new PerformanceObserver((list) => {
    if (list.getEntries().some(({ name }) => /\/cart\/add(\.js)?(\?|$)/.test(name))) record();
  }).observe({ type: 'resource' });
})();
