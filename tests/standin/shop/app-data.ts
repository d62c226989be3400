import { createHash } from "node:crypto";
import type { ShopClock } from "./shop-clock.ts";
import type {
  ShopAppSubscription,
  ShopAutomaticDiscount,
  ShopMetafield,
  ShopMetafieldDefinition,
  ShopWebPixel,
} from "./shop-records.ts";

/** Everything that the installed app has written into the shop. */
export class AppData {
  readonly appGid: string;
  readonly installationGid: string;
  readonly metafields = new Map<string, ShopMetafield>();
  readonly metafieldDefinitions = new Map<string, ShopMetafieldDefinition>();
  readonly discounts = new Map<string, ShopAutomaticDiscount>();
  webPixel: ShopWebPixel | null = null;
  /** Charges of the app, in every state. */
  readonly subscriptions = new Map<string, ShopAppSubscription>();
  /** Address where the merchant confirms charges; set once the stand-in listens. */
  chargesUrl = "";
  isInstalled = false;
  readonly #clock: ShopClock;

  constructor(clock: ShopClock) {
    this.#clock = clock;
    this.appGid = clock.nextGid("App");
    this.installationGid = clock.nextGid("AppInstallation");
  }

  /** `$app` and `$app:NAME` are short for namespaces that only this app can write. */
  resolveNamespace(namespace: string | null | undefined): string {
    const own = `app--${this.appGid.split("/").at(-1)}`;
    if (namespace === null || namespace === undefined || namespace === "$app") return own;
    return namespace.startsWith("$app:") ? `${own}--${namespace.slice("$app:".length)}` : namespace;
  }

  findMetafield(ownerGid: string, namespace: string | null | undefined, key: string): ShopMetafield | null {
    return this.metafields.get(metafieldKey(ownerGid, this.resolveNamespace(namespace), key)) ?? null;
  }

  /** All metafields of an owner, or those of one namespace if it is given. */
  listMetafields(ownerGid: string, namespace?: string | null): ShopMetafield[] {
    const wanted = namespace ? this.resolveNamespace(namespace) : null;
    return [...this.metafields.values()].filter(
      (metafield) => metafield.ownerGid === ownerGid && (wanted === null || metafield.namespace === wanted),
    );
  }

  setMetafield(input: {
    ownerGid: string;
    namespace: string | null | undefined;
    key: string;
    type: string;
    value: string;
  }): ShopMetafield {
    const namespace = this.resolveNamespace(input.namespace);
    const mapKey = metafieldKey(input.ownerGid, namespace, input.key);
    const known = this.metafields.get(mapKey);
    const nowMs = this.#clock.now();
    const metafield: ShopMetafield = {
      gid: known?.gid ?? this.#clock.nextGid("Metafield"),
      ownerGid: input.ownerGid,
      namespace,
      key: input.key,
      createdAtMs: known?.createdAtMs ?? nowMs,
      updatedAtMs: nowMs,
      type: input.type,
      value: input.value,
      compareDigest: digestOf(input.value),
    };
    this.metafields.set(mapKey, metafield);
    return metafield;
  }

  deleteMetafield(ownerGid: string, namespace: string | null | undefined, key: string): boolean {
    return this.metafields.delete(metafieldKey(ownerGid, this.resolveNamespace(namespace), key));
  }

  /** Automatic app discounts that are active at this instant. */
  listActiveDiscounts(nowMs: number = this.#clock.now()): ShopAutomaticDiscount[] {
    return [...this.discounts.values()].filter(
      ({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && (endsAtMs === null || nowMs < endsAtMs),
    );
  }

  /** The merchant's answer to a charge. A confirmed one replaces the one before. */
  answerCharge(gid: string, isConfirmed: boolean): ShopAppSubscription | null {
    const charge = this.subscriptions.get(gid);
    if (charge?.status !== "PENDING") return null;
    if (isConfirmed) {
      for (const other of this.subscriptions.values())
        if (other.status === "ACTIVE") other.status = "CANCELLED";
    }
    charge.status = isConfirmed ? "ACTIVE" : "DECLINED";
    return charge;
  }

  /** What Shopify removes when an app is uninstalled: its discounts, pixel and own namespaces. */
  removeEverything(): void {
    const own = this.resolveNamespace("$app");
    this.discounts.clear();
    this.webPixel = null;
    for (const charge of this.subscriptions.values())
      if (charge.status === "ACTIVE") charge.status = "CANCELLED";
    this.isInstalled = false;
    for (const [mapKey, { namespace, ownerGid }] of this.metafields) {
      const isOwn = namespace === own || namespace.startsWith(`${own}--`);
      if (isOwn || ownerGid === this.installationGid) this.metafields.delete(mapKey);
    }
    for (const [mapKey, { namespace }] of this.metafieldDefinitions) {
      if (namespace.startsWith(own)) this.metafieldDefinitions.delete(mapKey);
    }
  }
}

function metafieldKey(ownerGid: string, namespace: string, key: string): string {
  return `${ownerGid} ${namespace} ${key}`;
}

/** The digest that `compareDigest` is compared with. */
export function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
