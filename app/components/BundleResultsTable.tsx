import { Box, Card, Link, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "./FiguresTable.tsx";

interface BundleResultRow {
  readonly id: string;
  readonly title: string;
  readonly seen: string;
  readonly added: string;
  readonly takeRate: string;
  readonly orders: string;
  readonly revenue: string;
  readonly discount: string;
}

interface BundleResultsTableProps {
  readonly rows: readonly BundleResultRow[];
  readonly totals: { readonly orders: string; readonly revenue: string; readonly discount: string };
}

/** Each bundle from being seen to being paid for, by the discount that orders really redeemed. */
export function BundleResultsTable({ rows, totals }: BundleResultsTableProps) {
  const { t } = useTranslation("results");
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <Text as="h2" variant="headingMd">
          {t("bundles.title")}
        </Text>
      </Box>
      {rows.length === 0 ? (
        <Box padding="400" paddingBlockStart="0">
          <Text as="p" tone="subdued">
            {t("bundles.none")}
          </Text>
        </Box>
      ) : (
        <FiguresTable
          label={t("bundles.label")}
          columnContentTypes={["text", "numeric", "numeric", "numeric", "numeric", "numeric", "numeric"]}
          headings={["bundle", "seen", "added", "share", "orders", "revenue", "discount"].map((column) =>
            t(`column.${column}`),
          )}
          totals={["", "", "", "", totals.orders, totals.revenue, totals.discount]}
          showTotalsInFooter
          rows={rows.map((row) => [
            <Link key={row.id} url={`/app/suggestions/${row.id}`} removeUnderline>
              {row.title}
            </Link>,
            row.seen,
            row.added,
            row.takeRate,
            row.orders,
            row.revenue,
            row.discount,
          ])}
        />
      )}
    </Card>
  );
}
