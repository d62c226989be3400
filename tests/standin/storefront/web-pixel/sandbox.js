/*
 * The strict sandbox of an app pixel: a worker with `analytics`, `browser`, `init` and nothing of the page.
 */
const subscribers = [];
const waiting = new Map();
let asked = 0;
let extension = null;

const ask = (method, ...args) =>
  new Promise((resolve) => {
    waiting.set(++asked, resolve);
    self.postMessage({ id: asked, method, args });
  });

const browser = {
  sendBeacon: (url, body) => ask("sendBeacon", url, body),
  cookie: { get: (name) => ask("cookie.get", name), set: (name, value) => ask("cookie.set", name, value) },
  localStorage: {
    getItem: (key) => ask("localStorage.getItem", key),
    setItem: (key, value) => ask("localStorage.setItem", key, value),
    removeItem: (key) => ask("localStorage.removeItem", key),
  },
  sessionStorage: {
    getItem: (key) => ask("sessionStorage.getItem", key),
    setItem: (key, value) => ask("sessionStorage.setItem", key, value),
    removeItem: (key) => ask("sessionStorage.removeItem", key),
  },
};

const wants = (name, { type, name: happened }) =>
  name === happened || name === "all_events" || name === `all_${type}_events`;

self.shopify = {
  extend(point, callback) {
    if (point !== "WebPixel::Render") throw new Error(`unknown extension point ${point}`);
    extension = callback;
  },
};

const past = [];
self.onmessage = ({ data: message }) => {
  if (message.kind === "answer") {
    waiting.get(message.id)?.(message.value);
    waiting.delete(message.id);
  } else if (message.kind === "event") {
    past.push(message.event);
    for (const { name, callback } of subscribers) if (wants(name, message.event)) callback(message.event);
  } else {
    importScripts("/web-pixels/app.js");
    const analytics = {
      // A pixel that subscribes late receives the earlier events of the page.
      async subscribe(name, callback) {
        subscribers.push({ name, callback });
        for (const event of past) if (wants(name, event)) callback(event);
      },
    };
    const customerPrivacy = { subscribe: async () => {} };
    const { settings, init } = message;
    extension({
      analytics,
      browser,
      settings,
      init,
      customerPrivacy,
      _pixelInfo: { runtimeContext: "STRICT" },
    });
  }
};
