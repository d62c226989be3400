import { EventQueue } from "./event-queue.ts";
import {
  OFFER_EVENTS,
  STANDARD_EVENTS,
  toEventRecord,
  type EventKind,
  type PixelEvent,
} from "./event-record.ts";
import { hashClientId, parseArmAttribute, toArm, toVisitorKey, type Visitor } from "./visitor.ts";

const STORED_VISITOR = "bundlesmith-visitor";
const ARM_ATTRIBUTE = "_bundlesmith";
/** After these the shopper often leaves the page, and the sandbox with it. */
const URGENT: readonly EventKind[] = [
  "product_added_to_cart",
  "offer_added",
  "checkout_started",
  "checkout_completed",
];

/** The part of Shopify's pixel API that is used. */
export interface PixelApi {
  settings: Record<string, unknown>;
  analytics: { subscribe: (name: string, callback: (event: PixelEvent) => void) => unknown };
  browser: {
    localStorage: { getItem: (key: string) => Promise<string | null> };
    sendBeacon: (url: string, body?: string) => Promise<boolean>;
  };
  init: { customerPrivacy: { analyticsProcessingAllowed: boolean } };
  customerPrivacy: {
    subscribe: (
      name: "visitorConsentCollected",
      callback: (event: { customerPrivacy: { analyticsProcessingAllowed: boolean } }) => void,
    ) => unknown;
  };
}

/**
 * Subscribes to the shop's events and sends them to the app in batches, as long as the visitor allows analytics.
 * Settings: `shop` and `endpoint`. Without an endpoint nothing is sent.
 */
export function startPixel({ settings, analytics, browser, init, customerPrivacy }: PixelApi): void {
  const { shop, endpoint } = settings;
  if (typeof shop !== "string" || typeof endpoint !== "string" || endpoint === "") return;

  const queue = new EventQueue((events) => {
    // A lost beacon is a lost event: the app counts orders by webhook, so nothing that matters hangs on it.
    browser.sendBeacon(endpoint, JSON.stringify({ v: 1, shop, events })).catch(() => false);
  });
  let isAllowed = init.customerPrivacy.analyticsProcessingAllowed;
  customerPrivacy.subscribe("visitorConsentCollected", (event) => {
    isAllowed = event.customerPrivacy.analyticsProcessingAllowed;
    if (!isAllowed) queue.clear();
  });

  let known: Visitor | null = null;
  const identify = async (event: PixelEvent): Promise<Visitor> => {
    known = toldBy(event) ?? known;
    if (known === null) {
      const stored = toVisitorKey(await browser.localStorage.getItem(STORED_VISITOR).catch(() => null));
      // Another event may have told more while this one waited. What is only guessed from the client id is not kept.
      if (stored !== null) known ??= { key: stored, arm: null };
    }
    return known ?? { key: hashClientId(event.clientId ?? ""), arm: null };
  };

  const listen = (name: string, kind: EventKind) =>
    analytics.subscribe(name, (event: PixelEvent) => {
      if (!isAllowed) return;
      void identify(event).then((visitor) => {
        if (isAllowed) queue.add(toEventRecord(kind, event, visitor), URGENT.includes(kind));
      });
    });
  for (const kind of STANDARD_EVENTS) listen(kind, kind);
  for (const kind of OFFER_EVENTS) listen(`bundlesmith:${kind}`, kind);
}

/** Who the visitor is, where the event itself says so: the block's own events, and the cart attribute at checkout. */
function toldBy({ customData, data }: PixelEvent): Visitor | null {
  const key = toVisitorKey(customData?.visitor);
  if (key !== null) return { key, arm: toArm(customData?.arm) };
  const attribute = data?.checkout?.attributes?.find((candidate) => candidate.key === ARM_ATTRIBUTE);
  return parseArmAttribute(attribute?.value);
}
