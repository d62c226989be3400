import { Badge, BlockStack, InlineStack, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { Sureness } from "#app/domain/propose/evidence/sureness.ts";
import type { BundlePage } from "./read-bundle-page.server.ts";

interface OfferSummaryProps {
  /** Why it was proposed, in one sentence of the shop's own orders. */
  readonly why: string;
  /** Null where nothing tells what it would earn. */
  readonly gain: { readonly text: string; readonly sureness: Sureness } | null;
  /** What else is to be said of the figure. */
  readonly note: string | null;
  /** What each tier of it leaves, a sentence each. */
  readonly leaves: readonly string[];
  readonly components: BundlePage["components"];
}

const TONE = { likely: "success", try: "info", idea: "attention" } as const;
/** Of a pool of a hundred products the first few; all stand in its terms. */
const SHOWN = 4;

/** What the offer is, what it should bring and what it costs: all that a decision takes, on one card. */
export function OfferSummary({ why, gain, note, leaves, components }: OfferSummaryProps) {
  const { t } = useTranslation(["bundle", "bundles"]);
  return (
    <TitledCard title={why || t("evidence.none")}>
      <InlineStack gap="200" blockAlign="center">
        <Text as="p" variant="headingLg" numeric>
          {gain ? gain.text : t("monthly.none")}
        </Text>
        {gain ? <Badge tone={TONE[gain.sureness]}>{t(`bundles:sure.${gain.sureness}`)}</Badge> : null}
      </InlineStack>
      <Subdued>{[gain ? t("monthly.text") : null, note].filter(Boolean).join(" ")}</Subdued>
      {leaves.map((sentence) => (
        <Text as="p" key={sentence}>
          {sentence}
        </Text>
      ))}
      <BlockStack as="ul" gap="200">
        {components.slice(0, SHOWN).map(({ title, choice, quantity, price, cost, stock, ...urls }, index) => (
          <li key={index}>
            <Text as="p" fontWeight="medium">
              {quantity > 1 ? `${quantity} × ${title}` : title}
            </Text>
            <Subdued>
              {[...(choice ? [choice] : []), t("priceAndCost", { price, cost }), stock].join(" · ")}
            </Subdued>
            <InlineStack gap="300">
              <Link url={urls.adminUrl} target="_top" accessibilityLabel={`${title}: ${t("inAdmin")}`}>
                {t("inAdmin")}
              </Link>
              {urls.shopUrl ? (
                <Link url={urls.shopUrl} external accessibilityLabel={`${title}: ${t("onShop")}`}>
                  {t("onShop")}
                </Link>
              ) : null}
            </InlineStack>
          </li>
        ))}
      </BlockStack>
      {components.length > SHOWN ? (
        <Subdued>{t("preview.more", { count: components.length - SHOWN })}</Subdued>
      ) : null}
    </TitledCard>
  );
}
