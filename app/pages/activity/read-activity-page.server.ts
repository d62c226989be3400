import { z } from "zod";
import { listActivity, type ActivityPlace, type ActivityRow } from "#app/data/shops/staff.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { describePerson } from "#app/pages/describe-decision.server.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

const PAGE_SIZE = 50;

/** URL parameters of the page: the entry to continue after, `instant~id`, as in `next`. */
export const ActivityQuery = z.object({
  after: z
    .templateLiteral([z.iso.datetime(), "~", z.string().min(1)])
    .transform((text): ActivityPlace => {
      const [at, id] = text.split("~");
      return { at: new Date(at!), id: id! };
    })
    .nullable()
    .catch(null),
});

/** The activity of the staff, newest first. `next` continues with older entries. */
export async function readActivityPage(
  { db, pool }: Pick<Deps, "db" | "pool">,
  { shop, after, viewer, words }: { shop: string; after: ActivityPlace | null; viewer: string; words: Words },
) {
  const { format } = await openShop({ db }, { shop, words });
  const found = await listActivity(pool, { shop, after, limit: PAGE_SIZE + 1 });
  const entries = found.slice(0, PAGE_SIZE);
  const last = found.length > PAGE_SIZE ? entries.at(-1)! : null;
  return {
    entries: entries.map((entry) => toEntryView(entry, { viewer, format, words })),
    next: last && `${last.at.toISOString()}~${last.id}`,
  };
}

function toEntryView(
  { id, source, who, action, detail, bundleId, bundleTitle, at }: ActivityRow,
  { viewer, format, words }: Writing & { viewer: string },
) {
  const { t } = words;
  const Detail = z.object({ version: z.number().optional(), plan: z.string().optional() }).catch({});
  const { plan, ...values } = Detail.parse(detail);
  const key = source === "bundle" ? `server:action.${action}` : `server:did.${source}.${action}`;
  const done = t(key, { defaultValue: action, ...values, plan: plan && t(`plan:name.${plan}`) });
  return {
    id,
    what: bundleTitle ? `${done}: ${bundleTitle}` : done,
    who: describePerson(who, viewer, words),
    at: format.dateTime(at),
    url: bundleId ? `/app/suggestions/${bundleId}` : null,
  };
}
