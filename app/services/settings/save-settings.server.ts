import { z } from "zod";
import { saveAuditEntry } from "#app/data/shops/staff.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import {
  EXCLUSIONS,
  type FieldProblem,
  RETENTION_GROUPS,
  SEARCH_GROUPS,
  SETTING_GROUPS,
  type AnyField,
} from "#app/domain/settings-fields.ts";
import { MOST_EXCLUDED, ShopSettings, withOthersChoices } from "#app/domain/shop-settings.ts";
import { readSettings, saveSettings as store } from "#app/data/shops/shops.server.ts";
import { deleteSharedAnswer } from "#app/data/shops/shared-answers.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import type { Result } from "#app/domain/result.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { noteHoldoutShare } from "./note-holdout-share.server.ts";

const FIELDS: ReadonlyMap<string, AnyField> = new Map(
  [...SETTING_GROUPS, ...SEARCH_GROUPS, ...RETENTION_GROUPS].flatMap(({ fields }) =>
    fields.map((field) => [field.name, field] as const),
  ),
);
const LISTS: readonly string[] = EXCLUSIONS.map(({ name }) => name);

/** How a setting is typed: a list as JSON, a ratio in percent. Every other name counts as a number. */
const typedAs = (name: string) => (LISTS.includes(name) ? "list" : FIELDS.get(name)?.unit);
/** Percentages keep four decimals, so that 7 % is 0.07 and not 0.07000000000000001. */
const RATIO_DIGITS = 6;

interface SettingsOutcome {
  readonly ok: boolean;
  readonly message: string;
  readonly problems: readonly FieldProblem[];
}

/**
 * Saves the settings as typed, or reports the problem of each invalid field and changes nothing.
 *
 * @param typed field names of `ShopSettings` with the typed text; "true" is a ticked box. Absent fields stay as they
 *   are, with changes that somebody else made since the page was opened. `seen` holds the lists of that time as JSON, so
 *   that others' additions and removals stay
 */
export async function saveTypedSettings(
  deps: Deps,
  { shop, typed, now, words, staffId }: Asked & { typed: Readonly<Record<string, unknown>>; staffId: string },
): Promise<SettingsOutcome> {
  const { t } = words;
  const { seen, ...fields } = typed;
  const wrong = Object.entries(fields).flatMap(([field, text]) => {
    if (!isNumberField(field)) return [];
    const value = toNumber(field, text);
    if (value === null) return [{ field, message: t("server:enterNumber") }];
    const known = FIELDS.get(field);
    const isWithin = !known || !("min" in known) || (value >= known.min && value <= known.max);
    return isWithin ? [] : [{ field, message: describeLimits(field, words) }];
  });
  if (wrong.length > 0) return { ok: false, message: t("server:correctFields"), problems: wrong };
  const changes = Object.fromEntries(
    Object.entries(fields).map(([name, text]) => {
      const unit = typedAs(name);
      if (unit === "choice") return [name, text === "true"];
      if (unit === "word") return [name, text];
      if (unit === "list") return [name, toList(text)];
      const value = toNumber(name, text)!;
      return [name, unit === "percent" ? Number((value / 100).toFixed(RATIO_DIGITS)) : value];
    }),
  );
  const saved = await saveSettings(deps, { shop, changes, now, seen: SeenLists.parse(toList(seen)) });
  if (saved.ok) {
    const detail = { fields: [...saved.value.changedFields] };
    await saveAuditEntry(deps.db, { shop, staffId, action: "settings", detail, at: now });
    return { ok: true, message: t("server:saved"), problems: [] };
  }
  return {
    ok: false,
    message: t("server:correctFields"),
    problems: (saved.fields ?? []).map((field) => ({
      field,
      message: saved.reason === "unordered" ? t("server:enterOrdered") : describeLimits(field, words),
    })),
  };
}

/** The limits of a field as typed; the schema's own message speaks of ratios. */
function describeLimits(field: string, { t }: Words): string {
  const known = FIELDS.get(field);
  if (LISTS.includes(field)) return t("server:excludesMany", { most: MOST_EXCLUDED });
  if (!known || !("min" in known)) return t("server:noSuchSetting");
  const { min, max, unit } = known;
  return t(unit === "percent" ? "server:enterPercent" : "server:enterWhole", { min, max });
}

const isNumberField = (name: string) => !/choice|word|list/.test(typedAs(name) ?? "");

const SeenLists = z.record(z.string(), z.array(z.string())).catch({});
type SeenLists = z.infer<typeof SeenLists>;

/** Parses a list of the form; anything else stays as it is, and the schema refuses it. */
function toList(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}

/** A percentage can have a decimal comma. In a whole number "1,000" would then be 1. */
function toNumber(field: string, text: unknown): number | null {
  if (typeof text !== "string" || text.trim() === "") return null;
  const value = Number(typedAs(field) === "percent" ? text.replace(",", ".") : text);
  return Number.isFinite(value) ? value : null;
}

interface SavedSettings {
  /** The settings after the change. */
  readonly settings: ShopSettings;
  /** The given fields whose value changed. */
  readonly changedFields: readonly string[];
}

type Saving = Result<SavedSettings, "invalid" | "unordered"> & {
  /** The invalid fields. */
  readonly fields?: readonly string[];
};

/**
 * Changes the given settings, keeps the others, and has the workers publish them to the storefront. Concurrent calls
 * run one after another, so each keeps the changes of the other.
 *
 * @param changes field names of `ShopSettings` with new values; unknown names are refused
 * @param seen lists as they were when they were typed; a list that is not in it replaces the stored one
 * @returns the settings, or the invalid fields; then nothing is changed
 * @throws AppError input_invalid if the shop is unknown
 */
export async function saveSettings(
  deps: Deps,
  {
    shop,
    changes,
    now,
    seen = {},
  }: { shop: string; changes: Record<string, unknown>; now: Date; seen?: SeenLists },
): Promise<Saving> {
  const saved = await deps.db.$transaction(async (tx): Promise<Saving> => {
    await holdShopRow(tx, shop);
    const before = await readSettings(tx, shop);
    const merged = mergeSettings(before, withOthers(before, changes, seen));
    if (!merged.ok) return merged;
    const { settings } = merged.value;
    await store(tx, shop, settings);
    if (!settings.learnsWithOthers) await deleteSharedAnswer(tx, shop);
    await noteHoldoutShare({ db: tx }, { shop, now, plan: settings, before });
    return merged;
  });
  if (!saved.ok) return saved;
  deps.log.info("settings.saved", { shop });
  await askToPublish(deps, { shop });
  return saved;
}

/** Merges the typed lists with what others added or removed after the page was opened. */
function withOthers(
  before: ShopSettings,
  changes: Record<string, unknown>,
  seen: SeenLists,
): Record<string, unknown> {
  const lists = EXCLUSIONS.flatMap(({ name }) => {
    const [base, typed] = [seen[name], changes[name]];
    if (base === undefined || !Array.isArray(typed)) return [];
    return [[name, withOthersChoices(typed, { seen: base, held: before[name] })]];
  });
  return { ...changes, ...Object.fromEntries(lists) };
}

function mergeSettings(before: ShopSettings, changes: Record<string, unknown>): Saving {
  const parsed = ShopSettings.strict().safeParse({ ...before, ...changes });
  if (!parsed.success) {
    return { ok: false, reason: "invalid", fields: parsed.error.issues.map(({ path }) => path.join(".")) };
  }
  const settings = parsed.data;
  if (settings.minDiscountRatio > settings.maxDiscountRatio) {
    const field = "minDiscountRatio" in changes ? "minDiscountRatio" : "maxDiscountRatio";
    return { ok: false, reason: "unordered", fields: [field] };
  }
  const changedFields = Object.keys(changes).filter(
    (name) => JSON.stringify(Reflect.get(before, name)) !== JSON.stringify(Reflect.get(settings, name)),
  );
  return { ok: true, value: { settings, changedFields } };
}
