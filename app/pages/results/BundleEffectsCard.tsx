import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import type { Range } from "#app/ui/RangeFigure.tsx";

interface BundleEffectRow {
  readonly id: string;
  readonly title: string;
  readonly visitors: string;
  readonly measured: string;
  readonly effect: Range;
}

/** What each bundle changed among the visitors of its page; none while no bundle has enough of them. */
export function BundleEffectsCard({ effects }: { readonly effects: readonly BundleEffectRow[] }) {
  const { t } = useTranslation("results");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("effects.title")}
        </Text>
        <Text as="p" tone="subdued">
          {effects.length === 0 ? t("effects.none") : t("effects.text")}
        </Text>
        {effects.length > 0 ? (
          <FiguresTable
            label={t("effects.title")}
            columnContentTypes={["text", "numeric", "numeric", "numeric", "text"]}
            headings={["bundle", "visitors", "measured", "believed", "range"].map((column) =>
              t(`column.${column}`),
            )}
            rows={effects.map(({ id, title, visitors, measured, effect }) => [
              <Link key={id} url={`/app/suggestions/${id}`} removeUnderline>
                {title}
              </Link>,
              visitors,
              measured,
              effect.value,
              effect.interval,
            ])}
          />
        ) : null}
      </BlockStack>
    </Card>
  );
}
