import { z } from "zod";
import type { DueWork } from "#app/data/due-work/due-work.server.ts";
import { DUE_KINDS, FLEET } from "#app/domain/due-work.ts";

/** What a job holds beside its payload when it is one time of such work. */
const DueMark = z.object({ shop: z.string().default(FLEET), dueAt: z.iso.datetime() });

/** The work that is due again and again of which a job is one time; null for a job that somebody asked for. */
export function toDueWork({ name, data }: { readonly name: string; readonly data: unknown }): DueWork | null {
  const mark = DueMark.safeParse(data);
  const kind = DUE_KINDS.find((known) => known === name);
  if (!mark.success || kind === undefined) return null;
  return { shop: mark.data.shop, kind, dueAt: new Date(mark.data.dueAt) };
}
