import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Box, Page, Select } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { BundleResultsTable } from "#app/components/BundleResultsTable.tsx";
import { Definitions } from "#app/components/Definitions.tsx";
import { UpliftCard } from "#app/components/UpliftCard.tsx";
import { useDownload } from "#app/components/use-download.ts";
import { deps } from "#app/deps.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { readResultsPage, ResultsQuery } from "#app/services/read-results-page.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  return json({ results: await readResultsPage(deps(), { shop, days, now: new Date(), words }) });
}

export const handle = { texts: ["results"] };

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
      subtitle={t("common:range", { low: results.from, high: results.to })}
      secondaryActions={[{ content: t("export"), loading: isLoading, onAction: () => void download() }]}
    >
      <BlockStack gap="400">
        <Box maxWidth="16rem" paddingInline={{ xs: "400", sm: "0" }}>
          <Select
            label={t("time")}
            labelInline
            options={results.windows.map((length) => ({
              label: t("lastDays", { days: length }),
              value: String(length),
            }))}
            value={String(results.days)}
            onChange={(chosen) => setParams({ days: chosen }, { preventScrollReset: true })}
          />
        </Box>
        <UpliftCard headline={results.headline} arms={results.arms} />
        <BundleResultsTable rows={results.bundles} totals={results.totals} />
        <Definitions />
      </BlockStack>
    </Page>
  );
}
