import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Box, Page, Select } from "@shopify/polaris";
import { BundleResultsTable } from "#app/components/BundleResultsTable.tsx";
import { Definitions } from "#app/components/Definitions.tsx";
import { UpliftCard } from "#app/components/UpliftCard.tsx";
import { useDownload } from "#app/components/use-download.ts";
import { deps } from "#app/deps.server.ts";
import { readResultsPage, ResultsQuery } from "#app/services/read-results-page.server.ts";
import { authenticate } from "#app/shopify.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  return json({ results: await readResultsPage(deps(), { shop: session.shop, days, now: new Date() }) });
}

export default function ResultsPage() {
  const { results } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const days = results?.days ?? 28;
  const { isLoading, download } = useDownload(
    `/app/results/export?days=${days}`,
    `bundle-results-${days}-days.csv`,
  );
  if (!results) {
    return (
      <Page title="Results">
        <Banner>Your shop is being set up. Come back in a minute.</Banner>
      </Page>
    );
  }
  return (
    <Page
      title="Results"
      subtitle={`${results.from} to ${results.to}`}
      secondaryActions={[{ content: "Export as CSV", loading: isLoading, onAction: () => void download() }]}
    >
      <BlockStack gap="400">
        <Box maxWidth="16rem" paddingInline={{ xs: "400", sm: "0" }}>
          <Select
            label="Time"
            labelInline
            options={results.windows.map((length) => ({
              label: `Last ${length} days`,
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
