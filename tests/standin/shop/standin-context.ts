import type { AppConfig } from "./app-config.ts";
import type { AppExtensions } from "./app-extensions.ts";
import type { ShopState } from "./shop-state.ts";
import type { WebhookSender } from "./webhook-sender.ts";

/** The shared context of the stand-in's routers. */
export interface StandinContext {
  readonly state: ShopState;
  readonly webhooks: WebhookSender;
  readonly config: AppConfig;
  readonly extensions: AppExtensions;
  readonly projectRoot: string;
  readonly appUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Own address; known once the server listens. */
  url(): string;
  sessionToken(): string;
}
