import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";

interface SimilarBundle {
  readonly id: string;
  readonly title: string;
  /** What it has in common: anchor, type or kind. */
  readonly likeness: string;
  readonly seen: string;
  readonly orders: string;
  readonly revenue: string;
  readonly discount: string;
}

/** What bundles like this one did on the storefront lately. */
export function SimilarCard({ bundles }: { readonly bundles: readonly SimilarBundle[] }) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("similar.title")}
        </Text>
        {bundles.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("similar.none")}
          </Text>
        ) : (
          <FiguresTable
            label={t("similar.title")}
            columnContentTypes={["text", "numeric", "numeric", "numeric", "numeric"]}
            headings={["bundle", "seen", "orders", "revenue", "discount"].map((column) =>
              t(`similar.${column}`),
            )}
            rows={bundles.map(({ id, title, likeness, seen, orders, revenue, discount }) => [
              <BlockStack key={id}>
                <Link url={`/app/suggestions/${id}`} removeUnderline>
                  {title}
                </Link>
                <Text as="span" tone="subdued" variant="bodySm">
                  {likeness}
                </Text>
              </BlockStack>,
              seen,
              orders,
              revenue,
              discount,
            ])}
          />
        )}
      </BlockStack>
    </Card>
  );
}
