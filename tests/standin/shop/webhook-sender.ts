import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pickFields, type AppConfig } from "./app-config.ts";
import type { ShopEvent } from "./shop-records.ts";
import type { ShopState } from "./shop-state.ts";

export interface WebhookSenderOptions {
  readonly appUrl: string;
  readonly apiSecret: string;
  readonly config: AppConfig;
  /** Number of concurrent deliveries. */
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  /** Delays before each retry; their number is the number of retries. Shopify's are 8 within 4 hours. */
  readonly retryDelaysMs?: readonly number[];
}

/** Faults on the way, each of which Shopify documents as possible. */
interface WebhookFaults {
  /** Share of deliveries sent twice, 0 to 1. */
  readonly duplicateRatio: number;
  /** Share of deliveries that are overtaken by later ones, 0 to 1. */
  readonly reorderRatio: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface WebhookDelivery {
  readonly webhookId: string;
  readonly eventId: string;
  readonly topic: string;
  attempts: number;
  /** HTTP status of the last attempt; 0 without an answer in time. */
  status: number;
  isDelivered: boolean;
}

interface WebhookCounts {
  readonly queued: number;
  readonly delivered: number;
  readonly attempts: number;
  readonly givenUp: number;
}

/** Shopify's own topics are also sent to an app that is being removed. */
const AFTER_UNINSTALL = new Set([
  "app/uninstalled",
  "customers/data_request",
  "customers/redact",
  "shop/redact",
]);
const KEPT_DELIVERIES = 2_000;
const REORDER_DELAY_MS = 120;
const DEFAULT_RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Delivers the shop's events to the app: signed, filtered, at least once, in no guaranteed order. */
export class WebhookSender {
  readonly #options: Required<WebhookSenderOptions>;
  readonly #shop: ShopState;
  readonly #queue: (() => Promise<void>)[] = [];
  readonly #stopper = new AbortController();
  readonly #underWay = new Set<AbortController>();
  readonly #unsubscribe: () => void;
  readonly #deliveries: WebhookDelivery[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #faults: WebhookFaults = { duplicateRatio: 0, reorderRatio: 0, random: Math.random };
  #sending = 0;
  #waiting = 0;
  #isPaused = false;
  #counts = { queued: 0, delivered: 0, attempts: 0, givenUp: 0 };

  constructor(shop: ShopState, options: WebhookSenderOptions) {
    this.#shop = shop;
    this.#options = {
      concurrency: 8,
      timeoutMs: 5_000,
      retryDelaysMs: DEFAULT_RETRY_DELAYS_MS,
      ...options,
    };
    this.#unsubscribe = shop.subscribe((event) => this.#accept(event));
  }

  /** The newest deliveries, oldest first. */
  get deliveries(): readonly WebhookDelivery[] {
    return this.#deliveries;
  }

  get counts(): WebhookCounts {
    return { ...this.#counts };
  }

  setFaults(faults: Partial<WebhookFaults>): void {
    this.#faults = { ...this.#faults, ...faults };
  }

  /** Holds deliveries back until `resume`, like an outage between Shopify and the app. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#pump();
  }

  /** Resolves when every event so far was delivered or given up, including retries. */
  async drain(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Ends all deliveries at once. */
  stop(): void {
    this.#unsubscribe();
    this.#stopper.abort();
    for (const attempt of this.#underWay) attempt.abort();
    this.#queue.length = 0;
    this.#wakeIdleWaiters();
  }

  #accept(event: ShopEvent): void {
    if (!this.#shop.app.isInstalled && !AFTER_UNINSTALL.has(event.topic)) return;
    for (const subscription of this.#options.config.subscriptions) {
      if (subscription.topic !== event.topic) continue;
      const body = JSON.stringify(pickFields(event.payload, subscription.includeFields));
      const url = new URL(subscription.uri, this.#options.appUrl).href;
      this.#enqueue(event, url, body);
    }
  }

  #enqueue(event: ShopEvent, url: string, body: string): void {
    const { duplicateRatio, reorderRatio, random } = this.#faults;
    const webhookId = randomUUID();
    const times = random() < duplicateRatio ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const delivery: WebhookDelivery = {
        webhookId,
        eventId: event.eventId,
        topic: event.topic,
        attempts: 0,
        status: 0,
        isDelivered: false,
      };
      this.#counts.queued += 1;
      this.#deliveries.push(delivery);
      if (this.#deliveries.length > KEPT_DELIVERIES) this.#deliveries.shift();
      const delayMs = random() < reorderRatio ? random() * REORDER_DELAY_MS : 0;
      this.#schedule(() => this.#attempt(delivery, event, url, body), delayMs);
    }
  }

  #schedule(send: () => Promise<void>, delayMs: number): void {
    if (delayMs === 0) {
      this.#queue.push(send);
      this.#pump();
      return;
    }
    this.#waiting += 1;
    sleep(delayMs, undefined, { signal: this.#stopper.signal, ref: false }).then(
      () => {
        this.#waiting -= 1;
        this.#queue.push(send);
        this.#pump();
      },
      () => {
        this.#waiting -= 1;
      },
    );
  }

  #pump(): void {
    while (!this.#isPaused && this.#sending < this.#options.concurrency) {
      const send = this.#queue.shift();
      if (!send) break;
      this.#sending += 1;
      void send().finally(() => {
        this.#sending -= 1;
        this.#pump();
      });
    }
    if (this.#isIdle()) this.#wakeIdleWaiters();
  }

  async #attempt(delivery: WebhookDelivery, event: ShopEvent, url: string, body: string): Promise<void> {
    delivery.attempts += 1;
    this.#counts.attempts += 1;
    delivery.status = await this.#post(delivery, event, url, body);
    if (this.#stopper.signal.aborted) return;
    if (delivery.status >= 200 && delivery.status < 300) {
      delivery.isDelivered = true;
      this.#counts.delivered += 1;
      return;
    }
    const delayMs = this.#options.retryDelaysMs[delivery.attempts - 1];
    if (delayMs === undefined) {
      this.#counts.givenUp += 1;
      return;
    }
    this.#schedule(() => this.#attempt(delivery, event, url, body), Math.max(1, delayMs));
  }

  async #post(delivery: WebhookDelivery, event: ShopEvent, url: string, body: string): Promise<number> {
    const { apiSecret, config, timeoutMs } = this.#options;
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), timeoutMs);
    this.#underWay.add(attempt);
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: attempt.signal,
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          "user-agent": "Shopify-Captain-Hook",
          "x-shopify-topic": event.topic,
          "x-shopify-shop-domain": this.#shop.domain,
          "x-shopify-api-version": config.webhookApiVersion,
          "x-shopify-webhook-id": delivery.webhookId,
          "x-shopify-event-id": delivery.eventId,
          "x-shopify-triggered-at": new Date(event.triggeredAtMs).toISOString(),
          "x-shopify-hmac-sha256": createHmac("sha256", apiSecret).update(body, "utf8").digest("base64"),
        },
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // To Shopify a timeout is the same as a refusal; it counts as status 0.
      return 0;
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(attempt);
    }
  }

  #isIdle(): boolean {
    return this.#sending === 0 && this.#queue.length === 0 && this.#waiting === 0;
  }

  #wakeIdleWaiters(): void {
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }
}
