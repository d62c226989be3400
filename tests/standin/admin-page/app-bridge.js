/*
 * A small App Bridge in place of Shopify's script. It talks to the admin page around the frame by messages and has
 * the parts of `window.shopify` that this app uses; other parts throw.
 */
(() => {
  const script = document.currentScript;
  const adminOrigin = new URL(script.src).origin;
  const apiKey =
    script.dataset.apiKey ?? document.querySelector('meta[name="shopify-api-key"]')?.content ?? "";
  const isFramed = window.parent !== window;
  const startParams = new URLSearchParams(location.search);
  const ADMIN_PARAMS = ["embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"];

  const tell = (message) => {
    if (isFramed) window.parent.postMessage({ standin: true, ...message }, adminOrigin);
  };

  // ---- Session tokens ----
  const waitingForToken = new Map();
  let tokenRequests = 0;
  const realFetch = window.fetch.bind(window);

  function idToken() {
    if (!isFramed) return Promise.reject(new Error("App Bridge works only inside the admin."));
    tokenRequests += 1;
    const id = tokenRequests;
    return new Promise((resolve) => {
      waitingForToken.set(id, resolve);
      tell({ type: "token-wanted", id });
    });
  }

  /** Requests to the app carry a session token, and are repeated once when the app reports it as stale. */
  window.fetch = async function fetchWithToken(input, init) {
    const request = new Request(input, init);
    const isOwn = new URL(request.url).origin === location.origin;
    if (!isOwn || !isFramed || request.headers.has("authorization")) return realFetch(request);
    const send = async () => {
      const attempt = request.clone();
      attempt.headers.set("authorization", `Bearer ${await idToken()}`);
      attempt.headers.set("x-requested-with", "XMLHttpRequest");
      return realFetch(attempt);
    };
    let response = await send();
    if (response.headers.get("x-shopify-retry-invalid-session-request") === "1") response = await send();
    const reauthorizeUrl = response.headers.get("x-shopify-api-request-failure-reauthorize-url");
    if (reauthorizeUrl) openFromAdmin(new URL(reauthorizeUrl, location.href).href, false);
    return response;
  };

  // The app's bounce page: it has no token, so it asks to be loaded again with one.
  const reload = startParams.get("shopify-reload");
  if (reload) {
    const target = new URL(reload, location.href);
    if (target.origin === location.origin) {
      void idToken().then((token) => {
        target.searchParams.set("id_token", token);
        location.replace(target.href);
      });
    }
  }

  // ---- Navigation ----
  function appPath() {
    const url = new URL(location.href);
    for (const name of ADMIN_PARAMS) url.searchParams.delete(name);
    return url.pathname + url.search;
  }
  const tellLocation = () => tell({ type: "location", path: appPath() });
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name].bind(history);
    history[name] = (...args) => {
      original(...args);
      tellLocation();
    };
  }
  addEventListener("popstate", tellLocation);

  /** The app's router listens for this event; an app without one gets a full load. */
  function navigateTo(path) {
    const link = document.createElement("a");
    link.setAttribute("href", path);
    link.hidden = true;
    document.body.append(link);
    link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true }));
    link.remove();
  }

  const realOpen = window.open.bind(window);
  function openFromAdmin(url, isNewTab) {
    const admin = /^shopify:\/*admin\//i.exec(url);
    const shop = (startParams.get("shop") ?? "").replace(".myshopify.com", "");
    const target = admin ? `${adminOrigin}/store/${shop}/${url.slice(admin[0].length)}` : url;
    const own = new URL(target, location.href);
    if (own.origin === location.origin && !isNewTab) navigateTo(own.pathname + own.search);
    else tell({ type: "open", url: own.href, isNewTab });
  }
  window.open = (url = "", target = "_blank", features) => {
    const isAdmin = /^shopify:/i.test(String(url));
    const leavesFrame = target === "_top" || target === "_parent";
    if (!isFramed || (!isAdmin && !leavesFrame)) return realOpen(url, target, features);
    openFromAdmin(String(url), !leavesFrame);
    return null;
  };
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const href = link?.getAttribute("href") ?? "";
    if (!/^shopify:/i.test(href)) return;
    event.preventDefault();
    openFromAdmin(href, link.target === "_blank");
  });

  // ---- Elements that the admin page draws ----
  const hidden = document.createElement("style");
  hidden.textContent = "ui-nav-menu, s-app-nav, ui-title-bar, ui-save-bar, ui-modal { display: none }";
  document.head.append(hidden);

  const readButtons = (host) =>
    [...(host?.querySelectorAll("button") ?? [])].map((button, index) => ({
      index,
      label: button.textContent.trim(),
      variant: button.getAttribute("variant"),
      tone: button.getAttribute("tone"),
      isDisabled: button.disabled || button.hasAttribute("loading"),
    }));

  /** Buttons of a save bar can have no text; the admin labels them. */
  const withSaveBarLabel = (button) => ({
    ...button,
    label: button.label || (button.variant === "primary" ? "Save" : "Discard"),
  });

  let openSaveBar = null;
  let lastReported = "";
  function tellElements() {
    const links = [...document.querySelectorAll("ui-nav-menu a, s-app-nav a, s-app-nav s-link")]
      .filter((link) => link.getAttribute("rel") !== "home")
      .map((link) => ({ label: link.textContent.trim(), path: link.getAttribute("href") }));
    const messages = [
      { type: "nav", links },
      {
        type: "save-bar",
        isOpen: openSaveBar !== null,
        buttons: readButtons(openSaveBar).map(withSaveBarLabel),
      },
    ];
    const reported = JSON.stringify(messages);
    if (reported === lastReported) return;
    lastReported = reported;
    messages.forEach(tell);
  }
  let isTelling = false;
  new MutationObserver(() => {
    if (isTelling) return;
    isTelling = true;
    queueMicrotask(() => {
      isTelling = false;
      tellElements();
    });
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    characterData: true,
  });

  function setOpenSaveBar(saveBar) {
    openSaveBar = saveBar;
    tellElements();
  }

  class SaveBar extends HTMLElement {
    show() {
      if (openSaveBar === this) return Promise.resolve();
      setOpenSaveBar(this);
      this.dispatchEvent(new CustomEvent("show"));
      return Promise.resolve();
    }
    hide() {
      if (openSaveBar !== this) return Promise.resolve();
      setOpenSaveBar(null);
      this.dispatchEvent(new CustomEvent("hide"));
      return Promise.resolve();
    }
    toggle() {
      return openSaveBar === this ? this.hide() : this.show();
    }
    get showing() {
      return openSaveBar === this;
    }
    disconnectedCallback() {
      void this.hide();
    }
  }
  customElements.define("ui-save-bar", SaveBar);

  const byId = (id) => {
    const element = document.getElementById(id);
    if (!element) throw new Error(`App Bridge: there is no element "${id}".`);
    return element;
  };

  // ---- Toasts ----
  let toasts = 0;
  const toastCalls = new Map();
  function showToast(message, { isError = false, duration = 5_000, action = "", onAction, onDismiss } = {}) {
    toasts += 1;
    const id = `toast-${toasts}`;
    toastCalls.set(id, { onAction, onDismiss });
    tell({ type: "toast", id, message: String(message), isError, action, durationMs: duration });
    return id;
  }

  // ---- The picker of products or collections, which the admin page draws ----
  const waitingForPick = new Map();
  function resourcePicker(options) {
    if (!["product", "collection"].includes(options.type))
      throw new Error(`The stand-in picks no ${options.type}.`);
    const id = `picker-${waitingForPick.size + 1}`;
    return new Promise((resolve) => {
      waitingForPick.set(id, resolve);
      tell({ type: "pick", id, options });
    });
  }

  const receive = {
    picked: ({ id, chosen }) => waitingForPick.get(id)?.(chosen ?? undefined),
    token: ({ id, token }) => {
      waitingForToken.get(id)?.(token);
      waitingForToken.delete(id);
    },
    navigate: ({ path }) => navigateTo(path),
    press: ({ index }) => openSaveBar?.querySelectorAll("button")[index]?.click(),
    "toast-action": ({ id }) => toastCalls.get(id)?.onAction?.(),
    "toast-dismissed": ({ id }) => {
      toastCalls.get(id)?.onDismiss?.();
      toastCalls.delete(id);
    },
  };
  addEventListener("message", (event) => {
    if (event.origin !== adminOrigin || !event.data?.standin) return;
    receive[event.data.type]?.(event.data);
  });

  const known = {
    config: {
      apiKey,
      shop: startParams.get("shop") ?? "",
      host: startParams.get("host") ?? "",
      locale: startParams.get("locale") ?? "en",
    },
    origin: adminOrigin,
    environment: { embedded: isFramed, mobile: false, pos: false, intent: false },
    ready: Promise.resolve(),
    idToken,
    user: () => Promise.resolve({ accountAccess: "Store owner" }),
    loading: (isLoading = true) => tell({ type: "loading", isLoading: Boolean(isLoading) }),
    resourcePicker,
    toast: { show: showToast, hide: (id) => tell({ type: "toast-hide", id }) },
    saveBar: {
      show: (id) => byId(id).show(),
      hide: (id) => byId(id).hide(),
      toggle: (id) => byId(id).toggle(),
      leaveConfirmation: () =>
        openSaveBar === null || window.confirm("Leave this page? Your changes are not saved.")
          ? Promise.resolve()
          : Promise.reject(new Error("The merchant stays on the page.")),
    },
    modal: {
      show: (id) => byId(id).show(),
      hide: (id) => byId(id).hide(),
      toggle: (id) => byId(id).toggle(),
    },
  };
  window.shopify = new Proxy(known, {
    get(target, name) {
      if (name in target || typeof name === "symbol" || name === "then" || name === "toJSON")
        return target[name];
      throw new Error(`The stand-in App Bridge has no shopify.${name}.`);
    },
  });

  addEventListener("DOMContentLoaded", tellElements);
  tellLocation();
})();
