import { createHash } from "node:crypto";
import { legacyId, type ShopClock } from "./shop-clock.ts";
import type { ShopAutomaticDiscount } from "./shop-records.ts";

/** The change that a treatment makes to one discount or theme. */
export interface ShopRolloutChange {
  readonly gid: string;
  readonly kind:
    "RolloutDiscountActivateChange" | "RolloutDiscountExpireChange" | "RolloutThemePublishChange";
  readonly targetGid: string;
}

export interface ShopRollout {
  readonly gid: string;
  readonly name: string;
  readonly createdAtMs: number;
  status: "ACTIVE" | "ARCHIVED" | "CONCLUDED" | "DRAFT" | "PAUSED" | "SCHEDULED";
  updatedAtMs: number;
  startedAtMs: number | null;
  concludedAtMs: number | null;
  /** Percent of the buyers, 0 to 100. */
  trafficAllocation: number;
  readonly treatments: readonly {
    readonly gid: string;
    /** Percent of the Rollout's buyers; all treatments add up to 100. */
    readonly split: number;
    readonly changes: readonly ShopRolloutChange[];
  }[];
}

interface NewTreatment {
  readonly split: number;
  readonly changes: readonly Omit<ShopRolloutChange, "gid">[];
}

/**
 * The shop's own experiments. Each draws every buyer separately, from the Rollout and the buyer only, so a buyer
 * keeps the result of the first draw. A discount's status and dates stay unchanged, whoever gets it.
 */
export class ShopRollouts {
  readonly all = new Map<string, ShopRollout>();
  readonly #clock: ShopClock;

  constructor(clock: ShopClock) {
    this.#clock = clock;
  }

  /** Creates an active Rollout and notifies the app. */
  start(name: string, trafficAllocation: number, treatments: readonly NewTreatment[]): ShopRollout {
    const nowMs = this.#clock.now();
    const rollout: ShopRollout = {
      gid: this.#clock.nextGid("Rollout"),
      name,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      startedAtMs: nowMs,
      concludedAtMs: null,
      status: "ACTIVE",
      trafficAllocation,
      treatments: treatments.map(({ split, changes }) => ({
        gid: this.#clock.nextGid("RolloutTreatment"),
        split,
        changes: changes.map(({ kind, targetGid }) => ({ gid: this.#clock.nextGid(kind), kind, targetGid })),
      })),
    };
    this.all.set(rollout.gid, rollout);
    this.#tell("create", rollout);
    return rollout;
  }

  /** Changes the status of a Rollout and notifies the app. */
  move(gid: string, status: ShopRollout["status"]): void {
    const rollout = this.all.get(gid);
    if (!rollout) throw new Error(`no Rollout ${gid}`);
    rollout.status = status;
    rollout.updatedAtMs = this.#clock.now();
    if (status === "CONCLUDED") rollout.concludedAtMs = rollout.updatedAtMs;
    this.#tell("update", rollout);
  }

  /** The discounts of the shop that a buyer gets. */
  listGiven(
    discounts: Iterable<ShopAutomaticDiscount>,
    active: readonly ShopAutomaticDiscount[],
    buyer: string,
  ): ShopAutomaticDiscount[] {
    const changes = this.changesFor(buyer);
    return [...discounts].filter((discount) => {
      const change = changes.find(({ targetGid }) => targetGid === discount.gid);
      return change ? change.kind === "RolloutDiscountActivateChange" : active.includes(discount);
    });
  }

  /** The changes of the active Rollouts for a buyer, the newest first. */
  changesFor(buyer: string): ShopRolloutChange[] {
    return [...this.all.values()].toReversed().flatMap(({ gid, status, trafficAllocation, treatments }) => {
      if (status !== "ACTIVE" || drawPercent(`${gid} reach ${buyer}`) >= trafficAllocation) return [];
      const place = drawPercent(`${gid} split ${buyer}`);
      let upTo = 0;
      const treatment = treatments.find(({ split }) => place < (upTo += split));
      return treatment?.changes ?? [];
    });
  }

  #tell(change: "create" | "update", { gid, name, status }: ShopRollout): void {
    const payload = { id: legacyId(gid), admin_graphql_api_id: gid, name, status };
    this.#clock.emit({ topic: `rollouts/${change}`, payload });
  }
}

/** A number in [0, 100) that is always the same for a text. */
function drawPercent(text: string): number {
  return (100 * createHash("sha256").update(text).digest().readUInt32BE()) / 2 ** 32;
}
