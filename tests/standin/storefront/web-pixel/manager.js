/*
 * The storefront's side of Shopify's web pixels, as far as an app pixel can see it: `Shopify.analytics.publish`,
 * standard events of the page and of the cart, and one strict sandbox, a worker without the DOM. The pixel's storage,
 * cookies and beacons go through the page, as in Shopify's own manager.
 */
(() => {
  const setup = JSON.parse(document.getElementById("web-pixels-setup").textContent);
  const clientId = keep("_shopify_y", () => crypto.randomUUID());
  const sandbox = setup.settings ? new Worker("/web-pixels/sandbox.js") : null;
  let sequence = 0;

  function keep(name, make) {
    const known = new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie);
    const value = known ? known[1] : make();
    if (!known) document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
    return value;
  }

  const context = () => ({
    document: {
      location: {
        href: location.href,
        host: location.host,
        pathname: location.pathname,
        search: location.search,
      },
      referrer: document.referrer,
      title: document.title,
      characterSet: document.characterSet,
    },
    navigator: {
      language: navigator.language,
      userAgent: navigator.userAgent,
      languages: navigator.languages,
    },
    window: {
      innerWidth,
      innerHeight,
      outerWidth,
      outerHeight,
      screen: { width: screen.width, height: screen.height },
    },
  });

  const raise = (type, name, payload) => {
    const base = {
      id: crypto.randomUUID(),
      clientId,
      name,
      type,
      seq: sequence++,
      timestamp: new Date().toISOString(),
    };
    const event = { ...base, context: context(), ...payload };
    window.dispatchEvent(new CustomEvent("web-pixel-event", { detail: event }));
    if (sandbox) sandbox.postMessage({ kind: "event", event });
  };

  const Shopify = (window.Shopify = window.Shopify || {});
  Shopify.shop = setup.shop;
  Shopify.analytics = {
    publish(name, data) {
      raise("custom", name, { customData: data });
      return true;
    },
  };

  const stores = { localStorage, sessionStorage };
  const answer = {
    sendBeacon: ([url, body]) => navigator.sendBeacon(url, body),
    "localStorage.getItem": ([key]) => stores.localStorage.getItem(key),
    "localStorage.setItem": ([key, value]) => stores.localStorage.setItem(key, value),
    "localStorage.removeItem": ([key]) => stores.localStorage.removeItem(key),
    "sessionStorage.getItem": ([key]) => stores.sessionStorage.getItem(key),
    "sessionStorage.setItem": ([key, value]) => stores.sessionStorage.setItem(key, value),
    "sessionStorage.removeItem": ([key]) => stores.sessionStorage.removeItem(key),
    "cookie.get": ([name]) =>
      name ? (new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "") : document.cookie,
    "cookie.set": ([name, value]) => {
      document.cookie = value === undefined ? name : `${name}=${value}; path=/`;
      return document.cookie;
    },
  };
  if (sandbox) {
    sandbox.onmessage = ({ data: { id, method, args } }) => {
      sandbox.postMessage({ kind: "answer", id, value: answer[method](args) });
    };
    sandbox.onerror = (event) => console.error(`web pixel: ${event.message}`);
    const consent = {
      analyticsProcessingAllowed: true,
      marketingAllowed: true,
      preferencesProcessingAllowed: true,
      saleOfDataAllowed: true,
    };
    const init = {
      context: context(),
      data: { customer: null, shop: { myshopifyDomain: setup.shop } },
      customerPrivacy: consent,
    };
    sandbox.postMessage({ kind: "start", settings: setup.settings, init });
  }

  /* Shopify notices additions and removals by their requests, whichever script made them. */
  const pageFetch = window.fetch;
  window.fetch = async (input, options) => {
    const url = new URL(typeof input === "string" ? input : (input.url ?? String(input)), location.href);
    const isChange =
      url.origin === location.origin && /^\/cart\/(add|change|update)(\.js)?$/.test(url.pathname);
    const before = isChange && !url.pathname.startsWith("/cart/add") ? await cartNow() : null;
    const response = await pageFetch(input, options);
    if (isChange && response.ok) void reported(url.pathname, response.clone(), before).catch(() => {});
    return response;
  };
  const cartNow = async () => (await pageFetch("/cart.js")).json();
  const reported = async (path, response, before) => {
    if (path.startsWith("/cart/add")) {
      const body = await response.json();
      for (const item of body.items ?? [body])
        raise("standard", "product_added_to_cart", { data: { cartLine: toLine(item) } });
      return;
    }
    const after = await cartNow();
    for (const item of before.items) {
      const left = after.items.find(({ key }) => key === item.key)?.quantity ?? 0;
      const quantity = item.quantity - left;
      if (quantity > 0)
        raise("standard", "product_removed_from_cart", { data: { cartLine: toLine({ ...item, quantity }) } });
    }
  };
  const toLine = (item) => ({
    quantity: item.quantity,
    cost: { totalAmount: { amount: item.final_line_price / 100 } },
    merchandise: {
      id: String(item.variant_id),
      sku: item.sku,
      title: item.variant_title,
      price: { amount: item.price / 100 },
      product: { id: String(item.product_id), title: item.product_title, vendor: item.vendor, url: item.url },
    },
  });

  for (const { name, data } of setup.events) raise("standard", name, { data });
})();
