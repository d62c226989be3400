/** The part of `Storage` that drafts need. */
type DraftStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * What was typed into a form and not saved, as far as it still fits the form: an older version of the page may have
 * had other fields, and anybody can write into a browser's storage.
 *
 * @param saved what the server holds; each kept field must be built like the one here
 */
export function readStoredDraft<T extends object>(store: DraftStore, key: string, saved: T): Partial<T> {
  const stored = parseObject(store.getItem(key));
  const kept = Object.entries(stored).filter(
    ([name, value]) => Object.hasOwn(saved, name) && isBuiltLike(value, Reflect.get(saved, name)),
  );
  return Object.fromEntries(kept) as Partial<T>;
}

/** Keeps what was typed, or forgets it once there is nothing to keep. */
export function storeDraft(store: DraftStore, key: string, typed: object | null): void {
  if (typed === null) store.removeItem(key);
  else store.setItem(key, JSON.stringify(typed));
}

/** The storage of the tab, or of the browser; null where the browser denies a framed page any. */
export function openDraftStore(outlivesTab: boolean): DraftStore | null {
  try {
    return outlivesTab ? window.localStorage : window.sessionStorage;
  } catch {
    return null;
  }
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Whether a value could stand where the sample does; every entry of a list is compared with the sample's first. */
function isBuiltLike(value: unknown, sample: unknown): boolean {
  if (Array.isArray(sample)) {
    return Array.isArray(value) && (sample.length === 0 || value.every((one) => isBuiltLike(one, sample[0])));
  }
  if (typeof sample !== "object" || sample === null) return typeof value === typeof sample;
  return (
    typeof value === "object" &&
    value !== null &&
    Object.entries(sample).every(([name, part]) => isBuiltLike(Reflect.get(value, name), part))
  );
}
