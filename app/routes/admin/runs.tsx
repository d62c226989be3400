import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Page } from "#app/ui/Page.tsx";
import { z } from "zod";
import { useTranslation } from "#app/locales/use-translation.ts";
import { LinkCard } from "#app/ui/LinkCard.tsx";
import { RunList } from "#app/ui/RunList.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { useProgress } from "#app/ui/hooks/use-progress.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { cancelRun, startRun } from "#app/services/runs/start-run.server.ts";
import { readRunsPage } from "#app/pages/runs/read-runs.server.ts";

const RunCommand = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("start") }),
  z.object({ intent: z.literal("cancel"), runId: z.uuid() }),
]);

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  return json({ runs: await readRunsPage(deps, { shop, now, words }) });
}

/** Starts or stops a run. Other pages post here too. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const command = parseOr400(RunCommand, Object.fromEntries(await request.formData()));
  if (command.intent === "start") {
    const started = await startRun(deps, { shop, now });
    if (!started.ok) return json({ ok: false, message: words.t("server:run.notStarted") });
    if (started.value.isNew) await record({ action: "run-start" });
    return json({
      ok: true,
      message: words.t(started.value.isNew ? "server:run.started" : "server:run.active"),
    });
  }
  const cancelled = await cancelRun(deps, { shop, runId: command.runId, now });
  if (cancelled.ok) await record({ action: "run-stop" });
  return json({
    ok: cancelled.ok,
    message: words.t(cancelled.ok ? "server:run.stopped" : "server:run.ended"),
  });
}

export const handle = { texts: ["learning", "run"] };

export default function RunsPage() {
  const { t } = useTranslation("learning");
  const { runs } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const isActive = runs.some((run) => run.isActive);
  const progress = useProgress(isActive);
  useOutcomeToast(fetcher.data);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      primaryAction={{
        content: t("start"),
        disabled: isActive,
        loading: fetcher.state !== "idle",
        onAction: () => fetcher.submit({ intent: "start" }, { method: "post" }),
      }}
    >
      <LinkCard
        title={t("more.title")}
        links={[
          { label: t("more.models.label"), text: t("more.models.text"), url: "/app/models" },
          { label: t("more.failed.label"), text: t("more.failed.text"), url: "/app/jobs" },
        ]}
      />
      <RunList runs={runs.map((run) => (run.id === progress?.run?.id ? { ...run, ...progress.run } : run))} />
    </Page>
  );
}
