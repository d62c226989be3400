import { readFileSync } from "node:fs";
import { parse } from "smol-toml";

export interface WebhookSubscription {
  readonly topic: string;
  /** Path at the app, or an address. */
  readonly uri: string;
  /** Dotted paths of the fields to send; empty sends everything. */
  readonly includeFields: readonly string[];
}

/** What Shopify reads from an app's `shopify.app.toml`. */
export interface AppConfig {
  readonly name: string;
  readonly handle: string;
  readonly scopes: readonly string[];
  readonly webhookApiVersion: string;
  readonly subscriptions: readonly WebhookSubscription[];
}

interface AppToml {
  name: string;
  handle?: string;
  access_scopes?: { scopes?: string };
  webhooks?: {
    api_version?: string;
    subscriptions?: {
      topics?: string[];
      compliance_topics?: string[];
      uri: string;
      include_fields?: string[];
    }[];
  };
}

/** Reads the app's configuration as the Shopify CLI would deploy it. */
export function readAppConfig(path: string): AppConfig {
  const toml = parse(readFileSync(path, "utf8")) as unknown as AppToml;
  return {
    name: toml.name,
    handle: toml.handle ?? toml.name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
    scopes: (toml.access_scopes?.scopes ?? "").split(",").filter((scope) => scope !== ""),
    webhookApiVersion: toml.webhooks?.api_version ?? "",
    subscriptions: (toml.webhooks?.subscriptions ?? []).flatMap(
      ({ topics = [], compliance_topics: complianceTopics = [], uri, include_fields: includeFields = [] }) =>
        [...topics, ...complianceTopics].map((topic) => ({ topic, uri, includeFields })),
    ),
  };
}

/** Keeps the named paths of a payload; a path applies to each item of a list. */
export function pickFields(
  payload: Record<string, unknown>,
  paths: readonly string[],
): Record<string, unknown> {
  if (paths.length === 0) return payload;
  const picked: Record<string, unknown> = {};
  const heads = new Map<string, string[]>();
  for (const path of paths) {
    const dot = path.indexOf(".");
    const head = dot === -1 ? path : path.slice(0, dot);
    const rests = heads.get(head) ?? [];
    rests.push(dot === -1 ? "" : path.slice(dot + 1));
    heads.set(head, rests);
  }
  for (const [head, rests] of heads) {
    if (!(head in payload)) continue;
    const value = payload[head];
    picked[head] = rests.includes("") ? value : pickInside(value, rests);
  }
  return picked;
}

function pickInside(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pickInside(item, paths));
  if (typeof value !== "object" || value === null) return value;
  return pickFields(value as Record<string, unknown>, paths);
}
