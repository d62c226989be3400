import { BlockStack, Box, Card, Link, Select, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import type { ResultsPage } from "./read-results-page.server.ts";

interface BundleResultsTableProps {
  /** Available window lengths in days. */
  readonly windows: readonly number[];
  readonly days: number;
  readonly onDays: (days: string) => void;
  readonly rows: ResultsPage["bundles"];
  readonly totals: ResultsPage["totals"];
}

/** The first columns fit on a phone without scrolling. */
const COLUMNS = ["bundle", "worth", "revenue", "orders", "seen", "share", "discount"] as const;

const SUMS = ["revenue", "orders", "discount"] as const;

/** Columns without a sum: a visitor can see several offers. */
const NO_SUMS = { bundle: "", worth: "", seen: "", share: "" } as const;

/** Each bundle's monthly value, and its funnel from impression to payment in the chosen window. */
export function BundleResultsTable({ windows, days, onDays, rows, totals }: BundleResultsTableProps) {
  const { t } = useTranslation("results");
  const isWorthKnown = rows.some(({ worth }) => worth !== null);
  const columns = COLUMNS.filter((column) => isWorthKnown || column !== "worth");
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {t("bundles.title")}
          </Text>
          <Subdued>{t("bundles.text")}</Subdued>
          <Box maxWidth="16rem">
            <Select
              label={t("time")}
              labelInline
              options={windows.map((length) => ({
                label: t("lastDays", { days: length }),
                value: String(length),
              }))}
              value={String(days)}
              onChange={onDays}
            />
          </Box>
          {/* A newly chosen window changes the table without moving the focus. */}
          <div role="status">
            <Text as="span" visuallyHidden>
              {[
                t("lastDays", { days }),
                ...SUMS.map((column) => `${t(`column.${column}`)}: ${totals[column]}`),
              ].join(" · ")}
            </Text>
          </div>
        </BlockStack>
      </Box>
      {rows.length === 0 ? (
        <Box padding="400" paddingBlockStart="0">
          <Subdued>{t("bundles.none")}</Subdued>
        </Box>
      ) : (
        <Box paddingInline="400" paddingBlockEnd="200">
          <FiguresTable
            label={t("bundles.label")}
            headings={columns.map((column) => t(`column.${column}`))}
            totals={columns.map((column) => ({ ...NO_SUMS, ...totals })[column])}
            rows={rows.map((row) => [
              <Link key={row.id} url={`/app/suggestions/${row.id}`} removeUnderline>
                {row.title}
              </Link>,
              ...(isWorthKnown
                ? [
                    <BlockStack key="worth">
                      <span>{row.worth?.value ?? t("worth.unknown")}</span>
                      <Text as="span" tone="subdued" variant="bodySm">
                        {row.worth?.interval}
                      </Text>
                    </BlockStack>,
                  ]
                : []),
              row.revenue,
              row.orders,
              row.seen,
              row.takeRate,
              row.discount,
            ])}
          />
        </Box>
      )}
    </Card>
  );
}
