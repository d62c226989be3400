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

  const tell = (kind, form) => {
    const analytics = window.Shopify && window.Shopify.analytics;
    if (!analytics || !analytics.publish) return;
    analytics.publish(`bundlesmith:offer_${kind}`, {
      bundle: form.dataset.bundlesmithOffer,
      variant: form.dataset.variant,
      arm: store.arm || null,
      visitor: store.visitor || null,
    });
  };

  /* Writes the arm on the cart. Only ever after a cart exists: two first requests at once would make two carts. */
  const record = () => {
    if (!store.arm) return;
    recording ||= post(store.update, { attributes: { _bundlesmith: `${store.arm}:${store.visitor}` } }).catch(() => {
      recording = undefined;
    });
    return recording;
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

  const dismissed = () => (sessionStorage.getItem('bundlesmith-dismissed') || '').split(' ');

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
      sessionStorage.setItem('bundlesmith-dismissed', [...dismissed(), form.dataset.bundlesmithOffer].join(' '));
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
      try {
        if (dismissed().includes(form.dataset.bundlesmithOffer)) hide(form);
      } catch (blocked) {
        /* Without storage every offer shows. */
      }
      observer.observe(form);
    }
    if (document.querySelector('[data-bundlesmith-cart=""]')) record();
  };
  start();
  document.addEventListener('shopify:section:load', start);

  /* Whoever fills the cart, in either arm, is recorded as soon as the theme's own request is through. */
  new PerformanceObserver((list) => {
    if (list.getEntries().some(({ name }) => /\/cart\/add(\.js)?(\?|$)/.test(name))) record();
  }).observe({ type: 'resource' });
})();
