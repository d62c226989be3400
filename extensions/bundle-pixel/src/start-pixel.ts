import {
  OFFER_EVENTS,
  STANDARD_EVENTS,
  toEventRecord,
  type EventKind,
  type PixelEvent,
} from "./event-record.ts";
import { hashClientId, parseArm, toArm, toVisitorKey, type Visitor } from "./visitor.ts";

/** Cookie of the theme block with the arm and visitor, for every page. */
const ARM_COOKIE = "bundlesmith";
/** Cookie for the visitor's ticket and key, kept for a day or until consent ends. */
const TICKET_COOKIE = "bundlesmith-ticket";
const TICKET_SECONDS = 86_400;
/** App proxy path: Shopify signs the request and forwards it to the app. */
const TICKET_PATH = "/apps/bundlesmith/ticket";
const TICKET = /^[\w-]{22}$/;
const TICKET_TIMEOUT_MS = 3_000;
/** Values of the arm cookie for the merchant's own visits: a preview, or an excluded browser. */
const OWN_VISITS: readonly (string | null)[] = ["own", "out"];
/** After these events the shopper often leaves the page, which ends the sandbox. */
const URGENT: readonly EventKind[] = ["product_added_to_cart", "offer_added"];

interface WaitingEvent {
  readonly kind: EventKind;
  readonly event: PixelEvent;
}

/** The part of Shopify's pixel API that we use. */
export interface PixelApi {
  settings: Record<string, unknown>;
  analytics: { subscribe: (name: string, callback: (event: PixelEvent) => void) => unknown };
  browser: {
    cookie: { get: (name: string) => Promise<string>; set: (cookie: string) => Promise<unknown> };
    sendBeacon: (url: string, body?: string) => Promise<boolean>;
  };
  init: {
    context?: { document?: { location?: { href?: string } } };
    customerPrivacy: { analyticsProcessingAllowed: boolean };
  };
  customerPrivacy: {
    subscribe: (
      name: "visitorConsentCollected",
      callback: (event: { customerPrivacy: { analyticsProcessingAllowed: boolean } }) => void,
    ) => unknown;
  };
}

/**
 * Subscribes to the shop's events and sends them to the app in batches while the visitor allows analytics. Settings:
 * `shop` and `endpoint`; without an endpoint nothing is sent. The visitor and arm of an event are those known when its
 * batch is sent, because on a first page view the theme block sets the cookie a moment later. The merchant's own visits
 * are not sent. A ticket proves the visitor; without one the app leaves the visitor out of the comparison. The pixel
 * requests one per day with the first batch, and the page does not wait for it.
 */
export function startPixel({ settings, analytics, browser, init, customerPrivacy }: PixelApi): void {
  const { shop, endpoint } = settings;
  if (typeof shop !== "string" || typeof endpoint !== "string" || endpoint === "") return;

  let known: Visitor | null = null;
  let asked: Promise<string | null> | null = null;
  const queue = new EventQueue<WaitingEvent>((waiting) => void send(waiting));
  const keepTicket = (value: string, seconds: number) =>
    void browser.cookie
      .set(`${TICKET_COOKIE}=${value}; path=/; samesite=lax; max-age=${seconds}`)
      .catch(() => null);
  let isAllowed = init.customerPrivacy.analyticsProcessingAllowed;
  customerPrivacy.subscribe("visitorConsentCollected", (event) => {
    isAllowed = event.customerPrivacy.analyticsProcessingAllowed;
    if (isAllowed) return;
    queue.clear();
    keepTicket("", 0);
  });

  let isOwn = false;
  let hasLooked = false;
  const findTicket = async (key: string, isUrgent: boolean) => {
    const kept = await browser.cookie.get(TICKET_COOKIE).catch(() => null);
    if (kept?.startsWith(`${key}.`)) return kept.slice(key.length + 1);
    const { href } = init.context?.document?.location ?? {};
    if (href === undefined) return null;
    asked ??= askForTicket(new URL(`${TICKET_PATH}?visitor=${key}`, href)).then((ticket) => {
      if (ticket === null || !isAllowed) return null;
      keepTicket(`${key}.${ticket}`, TICKET_SECONDS);
      return ticket;
    });
    return isUrgent ? Promise.race([asked, null]) : asked;
  };
  const send = async (waiting: readonly WaitingEvent[]) => {
    // Also checks when an event has given the arm, because its page can be older than the exclusion of the browser.
    if (!known?.arm || !hasLooked) {
      const kept = await browser.cookie.get(ARM_COOKIE).catch(() => null);
      hasLooked = true;
      isOwn = OWN_VISITS.includes(kept);
      // In the meantime an event can have given the arm, and consent can have been withdrawn.
      if (!known?.arm) known = parseArm(kept) ?? known;
    }
    if (!isAllowed || isOwn) return;
    const isUrgent = waiting.some(({ kind }) => URGENT.includes(kind));
    const ticket = known?.arm ? await findTicket(known.key, isUrgent) : null;
    // Consent can have been withdrawn in the meantime.
    if (!isAllowed) return;
    const events = waiting.map(({ kind, event }) =>
      // The fallback key of the client id is not stored.
      toEventRecord(kind, event, known ?? { key: hashClientId(event.clientId ?? ""), arm: null }),
    );
    // A lost beacon loses only browse events; the app counts orders by webhook.
    browser
      .sendBeacon(endpoint, JSON.stringify({ v: 1, shop, ...(ticket && { ticket }), events }))
      .catch(() => false);
  };

  const listen = (name: string, kind: EventKind) =>
    analytics.subscribe(name, (event: PixelEvent) => {
      if (!isAllowed) return;
      known = toldBy(event) ?? known;
      queue.add({ kind, event }, URGENT.includes(kind));
    });
  for (const kind of STANDARD_EVENTS) listen(kind, kind);
  for (const kind of OFFER_EVENTS) listen(`bundlesmith:${kind}`, kind);
}

/** Null on a refusal or timeout. */
async function askForTicket(url: URL): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TICKET_TIMEOUT_MS) });
    const text = await answer.text();
    return answer.ok && TICKET.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** The visitor of an event that carries it, as those of the theme block do. */
function toldBy({ customData }: PixelEvent): Visitor | null {
  const key = toVisitorKey(customData?.visitor);
  return key === null ? null : { key, arm: toArm(customData?.arm) };
}

/** The endpoint's limit. */
const MAX_BATCH = 20;
/** Long enough for the events of one page load to share a request. */
const WAIT_MS = 1_000;

/** Sends events in batches: after a second, or at once for a full batch or an urgent event. */
class EventQueue<E> {
  #waiting: E[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #send: (events: E[]) => void;

  constructor(send: (events: E[]) => void) {
    this.#send = send;
  }

  add(event: E, isUrgent: boolean): void {
    this.#waiting.push(event);
    if (isUrgent || this.#waiting.length >= MAX_BATCH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) this.#send(this.#waiting.splice(0, MAX_BATCH));
  }

  /** Drops unsent events of a visitor who withdrew consent. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
