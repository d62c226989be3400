import { json, type ActionFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { readOfferFigures } from "#app/pages/bundle/read-offer-figures.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";

const Question = z.object({
  offer: z.unknown(),
  components: z.unknown(),
  /** The edited offer; null for a new one. */
  bundleId: z.uuid().nullable().default(null),
});

/** Figures of an unsaved offer. Read-only, but a POST because the question does not fit into a URL. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ figures: null }, { status: 403 });
  const { bundleId, ...typed } = parseOr400(Question, await request.json().catch(() => null));
  const figures = await readOfferFigures(deps, { shop, bundleId, typed, words, now });
  return json({ figures });
}
