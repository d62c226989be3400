import {
  OFFER_EVENTS,
  STANDARD_EVENTS,
  toEventRecord,
  type EventKind,
  type PixelEvent,
} from "./event-record.ts";
import { hashClientId, parseArm, toArm, toVisitorKey, type Visitor } from "./visitor.ts";

/** The cookie in which the theme block keeps arm and visitor on every page. */
const ARM_COOKIE = "bundlesmith";
/** Where the visitor's ticket is kept for a day, or until consent ends, with the key that it speaks for. */
const TICKET_COOKIE = "bundlesmith-ticket";
const TICKET_SECONDS = 86_400;
/** What Shopify signs and hands on to the app. */
const TICKET_PATH = "/apps/bundlesmith/ticket";
const TICKET = /^[\w-]{22}$/;
const TICKET_TIMEOUT_MS = 3_000;
/** What the cookie holds on the merchant's own visits: a preview, or a browser that the merchant left out. */
const OWN_VISITS: readonly (string | null)[] = ["own", "out"];
/** After these the shopper often leaves the page, and the sandbox with it. */
const URGENT: readonly EventKind[] = ["product_added_to_cart", "offer_added"];

interface WaitingEvent {
  readonly kind: EventKind;
  readonly event: PixelEvent;
}

/** The part of Shopify's pixel API that is used. */
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
 * Subscribes to the shop's events and sends them to the app in batches, as long as the visitor allows analytics.
 * Settings: `shop` and `endpoint`. Without an endpoint nothing is sent. Events carry the visitor and the arm as they
 * are known when a batch leaves: on a first page the block keeps them a moment after it is viewed. Of the merchant's own
 * visits nothing is sent. A ticket speaks for the visitor, without which the app counts nobody for its proof: one is asked
 * for a day, with the first batch, in this sandbox; the page waits for nothing.
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
    // Also where an event told the arm: the page that raised it may be older than the merchant's wish to be left out.
    if (!known?.arm || !hasLooked) {
      const kept = await browser.cookie.get(ARM_COOKIE).catch(() => null);
      hasLooked = true;
      isOwn = OWN_VISITS.includes(kept);
      // An event may have told more while this waited, and consent may have been withdrawn.
      if (!known?.arm) known = parseArm(kept) ?? known;
    }
    if (!isAllowed || isOwn) return;
    const isUrgent = waiting.some(({ kind }) => URGENT.includes(kind));
    const ticket = known?.arm ? await findTicket(known.key, isUrgent) : null;
    // While this waited, consent may have been withdrawn.
    if (!isAllowed) return;
    const events = waiting.map(({ kind, event }) =>
      // What is only guessed from the client id is not kept.
      toEventRecord(kind, event, known ?? { key: hashClientId(event.clientId ?? ""), arm: null }),
    );
    // A lost beacon is a lost event: the app counts orders by webhook, so nothing that matters hangs on it.
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

/** Null when the app gives none, or not in time. */
async function askForTicket(url: URL): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TICKET_TIMEOUT_MS) });
    const text = await answer.text();
    return answer.ok && TICKET.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** Who the visitor is, where the event itself says so, as the block's own do. */
function toldBy({ customData }: PixelEvent): Visitor | null {
  const key = toVisitorKey(customData?.visitor);
  return key === null ? null : { key, arm: toArm(customData?.arm) };
}

/** The endpoint refuses larger batches. */
const MAX_BATCH = 20;
/** Long enough for the events of one page load to share a request. */
const WAIT_MS = 1_000;

/** Sends events in batches: after a second, at once when a batch is full or the shopper may be about to leave. */
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

  /** Forgets what was not sent yet, for a visitor who withdrew consent. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
