import { Badge, BlockStack, Button, ButtonGroup, InlineStack, Link, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { BundleStatusBadge } from "#app/ui/BundleStatusBadge.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import type { SeenBundle } from "./DecisionModal.tsx";
import { ProductPictures } from "./ProductPictures.tsx";
import type { SuggestionsPage } from "./read-suggestions-page.server.ts";

export type SuggestionRow = SuggestionsPage["bundles"][number];

const TONES = { likely: { tone: "success" }, try: { tone: "info" }, idea: {} } as const;

interface SuggestionItemProps {
  readonly row: SuggestionRow;
  /** Of its title, below that of the page or of the group. */
  readonly level: "h2" | "h3";
  /** Whether the row before is an offer of the same product. */
  readonly isOfSame: boolean;
  /** Null where nothing can be decided of several. */
  readonly mark: { readonly isMarked: boolean; onChange(isMarked: boolean): void } | null;
  /** Whether there is no page of it, as of the tour's. */
  readonly isExample?: boolean;
  /** Null where it is decided already. */
  readonly onDecide: ((decision: "approve" | "reject", bundle: SeenBundle) => void) | null;
}

/** One offer: its picture, what it is called, what it costs and should earn, and in one sentence why. */
export function SuggestionItem({ row, level, isOfSame, mark, isExample, onDecide }: SuggestionItemProps) {
  const { t } = useTranslation("bundles");
  const products = row.products.join(" · ");
  return (
    <li
      id={row.id}
      style={{
        ...{
          display: "flex",
          flexWrap: "wrap",
          alignItems: "flex-start",
          gap: "var(--p-space-300) var(--p-space-400)",
        },
        padding: "var(--p-space-300) var(--p-space-400)",
        ...(isOfSame
          ? { marginInlineStart: "var(--p-space-400)", borderInlineStart: "2px solid var(--p-color-border)" }
          : { borderBlockStart: "1px solid var(--p-color-border-secondary)" }),
      }}
    >
      <InlineStack gap="200" wrap={false} blockAlign="start">
        {mark ? (
          <input
            type="checkbox"
            aria-label={t("select.one", { title: row.title, products })}
            checked={mark.isMarked}
            onChange={({ target }) => mark.onChange(target.checked)}
            style={{ inlineSize: "1.125rem", blockSize: "1.125rem", margin: 0, flex: "none" }}
          />
        ) : null}
        <ProductPictures pictures={row.pictures} />
      </InlineStack>
      <div style={{ flex: "1 1 18rem", minInlineSize: 0 }}>
        <BlockStack gap="100">
          <Text as={level} variant="headingMd" breakWord>
            {isExample ? (
              row.title
            ) : (
              <Link url={`/app/suggestions/${row.id}`} dataPrimaryLink removeUnderline monochrome>
                {row.title}
              </Link>
            )}
          </Text>
          <Text as="p" tone="subdued" breakWord>
            {products}
          </Text>
          {row.sold ? <SoldCell sold={row.sold} /> : <Text as="p">{row.why}</Text>}
        </BlockStack>
      </div>
      <div style={{ flex: "0 0 9.5rem" }}>
        <BlockStack gap="100" inlineAlign="start">
          <Price row={row} />
          <Text as="p" fontWeight="semibold">
            {row.gain?.text ?? t("notEstimated")}
          </Text>
          <InlineStack gap="100">
            {row.gain ? <Badge {...TONES[row.gain.sureness]}>{t(`sure.${row.gain.sureness}`)}</Badge> : null}
            {row.startsOn === null ? null : (
              <Badge tone="attention">{t("startsOn", { date: row.startsOn })}</Badge>
            )}
          </InlineStack>
        </BlockStack>
      </div>
      <div style={{ flex: "none" }}>
        {onDecide ? (
          <ButtonGroup>
            <Button
              variant="primary"
              accessibilityLabel={t("approveOne", { title: row.title, products })}
              onClick={() => onDecide("approve", row)}
            >
              {t("common:approve")}
            </Button>
            <Button
              variant="tertiary"
              accessibilityLabel={t("rejectOne", { title: row.title, products })}
              onClick={() => onDecide("reject", row)}
            >
              {t("common:reject")}
            </Button>
          </ButtonGroup>
        ) : (
          <BlockStack gap="100" inlineAlign="start">
            <BundleStatusBadge status={row.status} isWaiting={row.pausedReason !== null} />
            {row.pausedReason ? <Subdued>{row.pausedReason}</Subdued> : null}
          </BlockStack>
        )}
      </div>
    </li>
  );
}

function Price({ row }: { row: SuggestionRow }) {
  const { t } = useTranslation("bundles");
  return (
    <InlineStack gap="100" blockAlign="baseline">
      <Text as="span" variant="headingMd" numeric>
        {row.priceAfter}
      </Text>
      {row.isFullPrice ? (
        <Text as="span" tone="subdued">
          {t("fullPrice")}
        </Text>
      ) : (
        <>
          <Text as="span" visuallyHidden>
            {t("withoutBundle")}
          </Text>
          <Text as="span" tone="subdued" textDecorationLine="line-through" numeric>
            {row.priceBefore}
          </Text>
        </>
      )}
    </InlineStack>
  );
}

/** What an approved bundle sold, above what was expected of it. */
function SoldCell({
  sold: { orders, revenue, expected, sinceDays },
}: {
  sold: NonNullable<SuggestionRow["sold"]>;
}) {
  const { t } = useTranslation("bundles");
  return (
    <BlockStack gap="050">
      <Text as="span" numeric>
        {t("sold.orders", { count: orders, revenue })}
      </Text>
      {expected ? (
        <Text as="span" tone="subdued" variant="bodySm" numeric>
          {t("sold.expected", expected)}
        </Text>
      ) : null}
      {sinceDays === null ? null : (
        <Text as="span" tone="subdued" variant="bodySm">
          {sinceDays === 0 ? t("sold.today") : t("sold.since", { count: sinceDays })}
        </Text>
      )}
    </BlockStack>
  );
}
