import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { changePublication, PublicationIntent } from "#app/services/publish/change-publication.server.ts";
import { readPublicationCard } from "#app/pages/settings/read-settings-page.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";

/** What the publishing card shows; it has no page of its own. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  return json(await readPublicationCard(deps(), { shop, now: new Date(), words }));
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop, graphql, refusal, words, record } = await openPageAction(request, "decide");
  const intent = PublicationIntent.safeParse((await request.formData()).get("intent"));
  if (!intent.success) return json({ ok: false, message: "This action does not exist." }, { status: 400 });
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const now = new Date();
  const outcome = await changePublication(deps(), { shop, graphql, intent: intent.data, now, words });
  if (outcome.ok) await record({ action: intent.data, at: now });
  return json(outcome, { status: outcome.ok ? 200 : 409 });
}
