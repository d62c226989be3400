import { Badge, BlockStack, Button, ButtonGroup, InlineStack, Link, Text, Icon } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { BundleStatusBadge } from "#app/ui/BundleStatusBadge.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import type { SeenBundle } from "./DecisionModal.tsx";
import type { SuggestionsPage } from "./read-suggestions-page.server.ts";
import { ImageIcon } from "@shopify/polaris-icons";

export type SuggestionRow = SuggestionsPage["bundles"][number];

const TONES = { likely: { tone: "success" }, try: { tone: "info" }, idea: {} } as const;

interface SuggestionItemProps {
  readonly row: SuggestionRow;
  /** Heading level of the title, below that of the page or group. */
  readonly level: "h2" | "h3";
  /** Whether the previous row is an offer of the same product. */
  readonly isOfSame: boolean;
  /** Null if the view has no bulk decisions. */
  readonly mark: { readonly isMarked: boolean; onChange(isMarked: boolean): void } | null;
  /** Whether the offer has no page, as in the tour. */
  readonly isExample?: boolean;
  readonly isBusy?: boolean;
  /** Null if it is already decided. */
  readonly onDecide: ((decision: "approve" | "reject", bundle: SeenBundle) => void) | null;
}

/** One offer: picture, title, price, expected profit and reason. */
export function SuggestionItem(props: SuggestionItemProps) {
  const { row, level, isOfSame, mark, isExample, isBusy = false, onDecide } = props;
  const { t } = useTranslation("bundles");
  const products = row.products.join(" · ");
  return (
    <li
      id={row.id}
      style={{
        display: "flex",
        flexWrap: "wrap",
        alignItems: "flex-start",
        gap: "var(--p-space-300) var(--p-space-400)",
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
              disabled={isBusy}
              accessibilityLabel={t("approveOne", { title: row.title, products })}
              onClick={() => onDecide("approve", row)}
            >
              {t("common:approve")}
            </Button>
            <Button
              variant="tertiary"
              disabled={isBusy}
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

/** The sales of an approved bundle, above the expected sales. */
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

/** A row has room for this many; the first ones represent a pool. */
const MOST_SHOWN = 4;
const NOTE = {
  position: "absolute",
  insetBlockEnd: 4,
  insetInlineEnd: 4,
  padding: "0 var(--p-space-100)",
  borderRadius: "var(--p-border-radius-100)",
  background: "var(--p-color-bg-surface)",
  fontSize: "var(--p-font-size-300)",
} as const;

/** The products of a bundle as one picture. It is decorative, because the text names them. */
function ProductPictures({
  pictures,
}: {
  readonly pictures: SuggestionsPage["bundles"][number]["pictures"];
}) {
  const shown = pictures.slice(0, MOST_SHOWN);
  const hidden = pictures.length - shown.length;
  return (
    <div
      aria-hidden
      style={{
        display: "grid",
        gridTemplateColumns: shown.length === 1 ? "1fr" : "1fr 1fr",
        gap: 2,
        inlineSize: "9rem",
        blockSize: shown.length > 2 ? "9rem" : "4.5rem",
        flex: "none",
        overflow: "hidden",
        borderRadius: "var(--p-border-radius-200)",
      }}
    >
      {shown.map(({ imageUrl, quantity }, index) => (
        <div
          key={index}
          style={{
            position: "relative",
            display: "grid",
            placeItems: "center",
            minBlockSize: 0,
            background: "var(--p-color-bg-surface-secondary)",
            ...(shown.length === 3 && index === 0 ? { gridColumn: "span 2" } : {}),
          }}
        >
          {imageUrl === null ? (
            <Icon source={ImageIcon} tone="subdued" />
          ) : (
            <img
              src={imageUrl}
              alt=""
              loading="lazy"
              style={{ inlineSize: "100%", blockSize: "100%", minBlockSize: 0, objectFit: "cover" }}
            />
          )}
          {quantity > 1 ? <span style={NOTE}>×{quantity}</span> : null}
          {hidden > 0 && index === shown.length - 1 ? <span style={NOTE}>+{hidden}</span> : null}
        </div>
      ))}
    </div>
  );
}
