import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { z } from "zod";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { toBackendName } from "#app/ui/backend-name.ts";
import { CandidateTable, LossCard, RefusalList } from "#app/pages/runs/RunCards.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { FactRows } from "#app/ui/FactRows.tsx";
import { RunProgressCard } from "#app/ui/RunProgressCard.tsx";
import { RunStatusBadge } from "#app/ui/RunList.tsx";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import { useProgress } from "#app/ui/hooks/use-progress.ts";
import { useRefresh } from "#app/ui/hooks/use-refresh.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { readRunPage } from "#app/pages/runs/read-runs.server.ts";

/** One pass over the orders takes seconds. */
const LOSSES_REFRESH_MS = 5_000;

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  const runId = z.uuid().safeParse(params["runId"]);
  const run = runId.success ? await readRunPage(deps, { shop, runId: runId.data, now, words }) : null;
  if (!run) throw new Response(words.t("server:run.missing"), { status: 404 });
  return json({ run });
}

export const handle = { texts: ["learning", "run"] };

export default function RunPage() {
  const { t } = useTranslation("learning");
  const { run } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<Outcome>();
  const progress = useProgress(run.isActive);
  const live = progress?.run?.id === run.id ? progress.run : run;
  // The progress has no training curve; it comes with the page's data.
  useRefresh(live.isActive && live.step === "behaviour", LOSSES_REFRESH_MS);
  useOutcomeToast(fetcher.data);
  const whenEmpty = run.isActive ? t("run.notFinished") : t("run.notReached");
  return (
    <Page
      title={run.at}
      titleMetadata={<RunStatusBadge status={run.status} />}
      subtitle={[
        t("run.until", { at: run.cutoffAt }),
        run.backend ? toBackendName(run.backend, t) : null,
        run.trainTime ? t("run.training", { time: run.trainTime }) : null,
      ]
        .filter(Boolean)
        .join(" · ")}
      backAction={{ content: t("title"), url: "/app/runs" }}
      {...(run.status === "succeeded"
        ? { primaryAction: { content: t("run.look"), url: "/app/suggestions" } }
        : {})}
    >
      {run.isActive ? (
        <RunProgressCard
          run={live}
          isCancelling={fetcher.state !== "idle"}
          onCancel={() =>
            fetcher.submit({ intent: "cancel", runId: run.id }, { method: "post", action: "/app/runs?index" })
          }
        />
      ) : null}
      {run.problem ? (
        <Banner tone="critical" title={t("run.failed")}>
          {joinSentences([run.problem, run.nextTry], t)}
        </Banner>
      ) : null}
      {!run.isActive && !run.problem && run.message ? (
        <Banner tone="info">{run.nothingFound ?? run.message}</Banner>
      ) : null}
      <TitledCard title={t("run.facts")} gap="200">
        <FactRows facts={run.facts} />
      </TitledCard>
      {run.losses.length > 0 ? <LossCard losses={run.losses} /> : null}
      <CandidateTable
        title={t("run.task")}
        explanation={t("run.behaviourText")}
        headings={["hits", "rank", "calibration", "time"].map((column) => t(`candidates.${column}`))}
        rows={run.behaviour}
        whenEmpty={whenEmpty}
      />
      <CandidateTable
        title={t("run.trends")}
        explanation={t("run.trendsText")}
        headings={[t("candidates.error")]}
        rows={run.trends}
        whenEmpty={run.status === "succeeded" ? t("run.trendsThin") : whenEmpty}
      />
      <RefusalList refused={run.refused} total={run.refusedCount} />
    </Page>
  );
}
