import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { toKindName } from "#app/ui/bundle-words.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";

interface KindResultsCardProps {
  /** Days until now that the sums are of. */
  readonly days: number;
  readonly kinds: readonly {
    readonly kind: string;
    readonly bundles: string;
    readonly orders: string;
    readonly revenue: string;
    readonly discount: string;
  }[];
}

/** The same sums by kind of bundle; none while no bundle was seen. */
export function KindResultsCard({ days, kinds }: KindResultsCardProps) {
  const { t } = useTranslation("results");
  if (kinds.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("kinds.title", { days })}
        </Text>
        <FiguresTable
          label={t("kinds.title", { days })}
          columnContentTypes={["text", "numeric", "numeric", "numeric", "numeric"]}
          headings={["kind", "bundles", "orders", "revenue", "discount"].map((column) =>
            t(`column.${column}`),
          )}
          rows={kinds.map(({ kind, bundles, orders, revenue, discount }) => [
            toKindName(kind, t),
            bundles,
            orders,
            revenue,
            discount,
          ])}
        />
      </BlockStack>
    </Card>
  );
}
