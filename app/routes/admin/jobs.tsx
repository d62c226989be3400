import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { FailedWorkTable } from "#app/pages/failed-work/FailedWorkTable.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { readJobsPage } from "#app/pages/failed-work/read-jobs-page.server.ts";
import { retryDeadLetter, retryInboxRow } from "#app/services/collect/retry-job.server.ts";

const Retry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), id: z.string() }),
  z.object({
    kind: z.literal("job"),
    id: z
      .string()
      .regex(/^\S+Z .+$/)
      .transform((id) => ({ failedAt: new Date(id.split(" ", 1)[0]!), jobId: id.slice(id.indexOf(" ") + 1) }))
      .refine(({ failedAt }) => !Number.isNaN(failedAt.getTime())),
  }),
]);

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, words } = await openPageRequest(request);
  return json({ work: await readJobsPage(deps, { shop, words }) });
}

/** Retries a job or webhook. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const retry = parseOr400(Retry, Object.fromEntries(await request.formData()));
  const asked =
    retry.kind === "job"
      ? await retryDeadLetter(deps, { shop, ...retry.id, now })
      : await retryInboxRow(deps, { shop, webhookId: retry.id, now });
  if (asked.ok) await record({ action: "retry" });
  return json({ ok: asked.ok, message: words.t(asked.ok ? "server:retry.asked" : "server:retry.gone") });
}

export const handle = { texts: ["jobs"] };

export default function JobsPage() {
  const { t } = useTranslation("jobs");
  const { work } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  useOutcomeToast(fetcher.data);
  return (
    <Page title={t("title")} backAction={{ content: t("common:nav.experts"), url: "/app/runs" }}>
      <FailedWorkTable
        work={work}
        isRetrying={fetcher.state !== "idle"}
        onRetry={({ kind, id }) => fetcher.submit({ kind, id }, { method: "post" })}
      />
    </Page>
  );
}
