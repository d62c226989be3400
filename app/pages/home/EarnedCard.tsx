import { BlockStack, Button, InlineStack, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { HomePage } from "./read-home-page.server.ts";

/** What the offers earned, and which did. */
export function EarnedCard({
  text,
  more,
  mayBeUnseen,
  days,
  revenue,
  conversions,
  bundles,
}: HomePage["earned"]) {
  const { t } = useTranslation("home");
  return (
    <TitledCard
      title={t("earned.title")}
      beside={
        <Button url="/app/results" variant="plain">
          {t("earned.results")}
        </Button>
      }
    >
      <Text as="p" variant="headingLg">
        {text}
      </Text>
      {more.length > 0 ? <Subdued>{more.join(" ")}</Subdued> : null}
      {mayBeUnseen ? <Link url="/app/help?ask=notShown">{t("earned.help")}</Link> : null}
      {conversions > 0 ? <Text as="p">{t("earned.paid", { days, revenue, count: conversions })}</Text> : null}
      {bundles.length > 0 ? (
        <BlockStack as="ol" gap="200">
          {bundles.map((bundle) => (
            <li key={bundle.id}>
              <InlineStack align="space-between" blockAlign="start" gap="400" wrap={false}>
                <BlockStack gap="050">
                  <Link url={`/app/suggestions/${bundle.id}`} removeUnderline>
                    {bundle.title}
                  </Link>
                  <Text as="span" tone="subdued" variant="bodySm">
                    {t("earned.note", { count: bundle.orders, seen: bundle.seen })}
                  </Text>
                </BlockStack>
                <Text as="span" fontWeight="semibold" numeric>
                  {bundle.revenue}
                </Text>
              </InlineStack>
            </li>
          ))}
        </BlockStack>
      ) : null}
    </TitledCard>
  );
}
