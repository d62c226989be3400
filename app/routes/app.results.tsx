import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { BundleEffectsCard } from "#app/components/BundleEffectsCard.tsx";
import { BundleResultsTable } from "#app/components/BundleResultsTable.tsx";
import { Definitions } from "#app/components/Definitions.tsx";
import { FinishedPeriodsCard } from "#app/components/FinishedPeriodsCard.tsx";
import { KindResultsCard } from "#app/components/KindResultsCard.tsx";
import { MetricsCard } from "#app/components/MetricsCard.tsx";
import { RefundReasonsCard } from "#app/components/RefundReasonsCard.tsx";
import { TrackCard } from "#app/components/TrackCard.tsx";
import { UpliftCard } from "#app/components/UpliftCard.tsx";
import { WaitingCard } from "#app/components/WaitingCard.tsx";
import { useDownload } from "#app/components/use-download.ts";
import { deps } from "#app/deps.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { readResultsPage, ResultsQuery } from "#app/services/read-results-page.server.ts";

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
