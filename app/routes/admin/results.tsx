import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { useEffect, useState } from "react";
import { z } from "zod";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AnswerCard } from "#app/pages/results/AnswerCard.tsx";
import { BundleResultsTable } from "#app/pages/results/BundleResultsTable.tsx";
import {
  Definitions,
  DetailsSection,
  FinishedPeriodsCard,
  GroupsCard,
  RefundReasonsCard,
} from "#app/pages/results/DetailsSection.tsx";
import { LeftOutCard, MetricsCard, useLeftOutForm } from "#app/pages/results/PeriodCards.tsx";
import { useDownload } from "#app/ui/hooks/use-download.ts";
import { leaveOutDays } from "#app/services/evaluate/leave-out-days.server.ts";
import { takeDaysBack } from "#app/services/evaluate/take-days-back.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { readResultsPage, ResultsQuery } from "#app/pages/results/read-results-page.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  return json({ results: await readResultsPage(deps, { shop, days, now, words }) });
}

/** Adds or removes days that the results leave out. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const typed = Object.fromEntries(await request.formData());
  const id = z.uuid().safeParse(typed["undo"]).data;
  const outcome = id
    ? await takeDaysBack(deps, { shop, id, now, words })
    : await leaveOutDays(deps, { shop, typed, now, words });
  if (outcome.ok) await record({ action: id ? "days-taken-back" : "days-left-out" });
  return json(outcome, { status: outcome.ok ? 200 : 422 });
}

export const handle = { texts: ["results"] };

export default function ResultsPage() {
  const { t } = useTranslation("results");
  const { results } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const { days } = results;
  const form = useLeftOutForm(results.leaveOut.reasons);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (form.isDirty) setOpen(true);
  }, [form.isDirty]);
  const { isLoading, download } = useDownload(
    `/app/results/export?days=${days}`,
    `bundle-results-${days}-days.csv`,
  );
  return (
    <Page
      title={t("title")}
      secondaryActions={[{ content: t("export"), loading: isLoading, onAction: () => void download() }]}
    >
      <AnswerCard
        answer={results.answer}
        period={results.period}
        track={results.track}
        currency={results.currency}
      />
      <BundleResultsTable
        windows={results.windows}
        days={results.days}
        onDays={(chosen) => setParams({ days: chosen }, { preventScrollReset: true })}
        rows={results.bundles}
        totals={results.totals}
      />
      <DetailsSection isOpen={isOpen} onTurn={setOpen}>
        <GroupsCard groups={results.arms} whatCounts={results.whatCounts} />
        <LeftOutCard {...results.leaveOut} form={form} />
        <MetricsCard metrics={results.metrics} isReachKnown={results.isReachKnown} />
        <FinishedPeriodsCard periods={results.finished} />
        <RefundReasonsCard rows={results.refunds} />
        <Definitions />
      </DetailsSection>
    </Page>
  );
}
