import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { BundleEffectsCard } from "#app/pages/results/BundleEffectsCard.tsx";
import { BundleResultsTable } from "#app/pages/results/BundleResultsTable.tsx";
import { Definitions } from "#app/pages/results/Definitions.tsx";
import { FinishedPeriodsCard } from "#app/pages/results/FinishedPeriodsCard.tsx";
import { KindResultsCard } from "#app/pages/results/KindResultsCard.tsx";
import { MetricsCard } from "#app/pages/results/MetricsCard.tsx";
import { RefundReasonsCard } from "#app/pages/results/RefundReasonsCard.tsx";
import { TrackCard } from "#app/pages/results/TrackCard.tsx";
import { UpliftCard } from "#app/pages/results/UpliftCard.tsx";
import { WaitingCard } from "#app/ui/WaitingCard.tsx";
import { useDownload } from "#app/ui/hooks/use-download.ts";
import { deps } from "#app/services/deps.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { readResultsPage, ResultsQuery } from "#app/pages/results/read-results-page.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  return json({ results: await readResultsPage(deps(), { shop, days, now: new Date(), words }) });
}

export const handle = { texts: ["results", "waiting"] };

export default function ResultsPage() {
  const { t } = useTranslation("results");
  const { results } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const days = results?.days ?? 28;
  const { isLoading, download } = useDownload(
    `/app/results/export?days=${days}`,
    `bundle-results-${days}-days.csv`,
  );
  if (!results) {
    return (
      <Page title={t("title")}>
        <Banner>{t("common:installing")}</Banner>
      </Page>
    );
  }
  return (
    <Page
      title={t("title")}
      secondaryActions={[{ content: t("export"), loading: isLoading, onAction: () => void download() }]}
    >
      <BlockStack gap="400">
        <UpliftCard
          period={results.period}
          isDrawBroken={results.isDrawBroken}
          headline={results.headline}
          worth={results.worth}
          leftOut={results.leftOut}
          arms={results.arms}
        />
        <TrackCard points={results.track} />
        <MetricsCard metrics={results.metrics} isReachKnown={results.isReachKnown} />
        <BundleEffectsCard effects={results.effects} />
        {results.waiting ? <WaitingCard waiting={results.waiting} /> : null}
        <FinishedPeriodsCard periods={results.finished} />
        <BundleResultsTable
          windows={results.windows}
          days={results.days}
          onDays={(chosen) => setParams({ days: chosen }, { preventScrollReset: true })}
          rows={results.bundles}
          totals={results.totals}
        />
        <RefundReasonsCard rows={results.refunds} />
        <KindResultsCard kinds={results.kinds} days={results.days} />
        <Definitions />
      </BlockStack>
    </Page>
  );
}
