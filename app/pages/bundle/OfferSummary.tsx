import { Badge, BlockStack, InlineStack, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { Sureness } from "#app/domain/propose/evidence/sureness.ts";
import type { BundlePage } from "./read-bundle-page.server.ts";

interface OfferSummaryProps {
  /** The reason for the suggestion in one sentence. */
  readonly why: string;
  /** Null without an expectation. */
  readonly gain: { readonly text: string; readonly sureness: Sureness } | null;
  readonly note: string | null;
  /** One sentence per tier on what it leaves. */
  readonly leaves: readonly string[];
  readonly components: BundlePage["components"];
}

const TONE = { likely: "success", try: "info", idea: "attention" } as const;
/** A pool shows its first few products; the terms list all. */
const SHOWN = 4;

/** The basis of a decision on one card: products, expected profit and cost. */
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
      <Subdued>{joinSentences([gain ? t("monthly.text") : null, note], t)}</Subdued>
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
