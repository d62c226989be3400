import { BlockStack, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import { useFetcher } from "@remix-run/react";
import { useEffect } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { OfferKind } from "#app/domain/offer/offer.ts";
import type { ThemeStyle } from "#app/domain/publish/theme-style.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";
import type { ComponentDraft } from "./terms/terms-draft.ts";

interface OfferPreviewProps {
  readonly kind: OfferKind;
  readonly title: string;
  readonly components: readonly (Pick<ComponentDraft, "title" | "imageUrl" | "isGift"> & {
    readonly quantity: number;
  })[];
  /** One per tier; empty while the fields are invalid. */
  readonly prices: readonly Pick<
    BundlePage["steps"][number],
    "units" | "priceBefore" | "priceAfter" | "saving"
  >[];
}

/** Limit of drawn products; a pool can have a hundred. */
const DRAWN = 6;

/** The offer as on the product page, in the live theme's colours once they are loaded. */
export function OfferPreview({ kind, title, components, prices }: OfferPreviewProps) {
  const { t } = useTranslation("bundle");
  const { data, load } = useFetcher<{ readonly style: ThemeStyle | null }>();
  useEffect(() => load("/app/theme-style"), [load]);
  const style = data?.style;
  const isPool = kind === "range" || kind === "breaks";
  const [first] = prices;
  return (
    <TitledCard title={t("preview.title")}>
      <div
        style={{
          border: "1px solid var(--p-color-border)",
          borderRadius: "var(--p-border-radius-300)",
          padding: "var(--p-space-400)",
          background: style?.background ?? undefined,
          color: style?.text ?? undefined,
        }}
      >
        <BlockStack gap="300">
          {title ? (
            <Text as="h3" variant="headingSm">
              {title}
            </Text>
          ) : null}
          <InlineStack gap="200" blockAlign="center">
            {components.slice(0, DRAWN).map((component, index) => (
              <InlineStack key={index} gap="200" blockAlign="center" wrap={false}>
                {index > 0 && !isPool ? <Text as="span">+</Text> : null}
                <Thumbnail source={component.imageUrl || ImageIcon} alt="" />
              </InlineStack>
            ))}
          </InlineStack>
          <BlockStack gap="050">
            {components.slice(0, DRAWN).map((component, index) => (
              <Text as="p" key={index}>
                {component.quantity > 1 ? `${component.quantity} × ` : ""}
                {component.isGift ? t("preview.gift", { title: component.title }) : component.title}
              </Text>
            ))}
            {components.length > DRAWN ? (
              <Subdued>{t("preview.more", { count: components.length - DRAWN })}</Subdued>
            ) : null}
          </BlockStack>
          {prices.map(({ units, priceBefore, priceAfter, saving }) => (
            <InlineStack key={units} gap="200" blockAlign="baseline">
              {isPool ? (
                <Text as="span">
                  {t(kind === "range" ? "preview.any" : "preview.units", { count: units })}
                </Text>
              ) : null}
              <Text as="span" variant="headingMd">
                {priceAfter}
              </Text>
              {priceAfter === priceBefore ? null : (
                <>
                  <Text as="span" tone="subdued" textDecorationLine="line-through">
                    {priceBefore}
                  </Text>
                  <Text as="span" tone="success">
                    {t("preview.saving", { saving })}
                  </Text>
                </>
              )}
            </InlineStack>
          ))}
          {first ? (
            <div
              aria-hidden
              style={{
                background: style?.button ?? "var(--p-color-bg-fill-brand)",
                color: style?.buttonText ?? "var(--p-color-text-brand-on-bg-fill)",
                borderRadius: style?.buttonRadiusPx ?? "var(--p-border-radius-200)",
                padding: "var(--p-space-200)",
                textAlign: "center",
              }}
            >
              {t("preview.add", { number: first.units, amount: first.priceAfter })}
            </div>
          ) : null}
        </BlockStack>
      </div>
    </TitledCard>
  );
}
