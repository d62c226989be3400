import {
  Badge,
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  IndexTable,
  InlineStack,
  Link,
  Text,
  Tooltip,
  useBreakpoints,
} from "@shopify/polaris";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { BundleStatusBadge } from "#app/ui/BundleStatusBadge.tsx";
import { toKindName, toKindText } from "#app/ui/bundle-words.ts";
import { ProductPictures, type ProductPicture } from "./ProductPictures.tsx";
import type { SeenBundle } from "./DecisionModal.tsx";
import { SoldCell, type SoldFigures } from "./SoldCell.tsx";
import { useMarkedRows } from "./use-marked-rows.ts";

interface SuggestionRow {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly status: BundleStatus;
  readonly pausedReason: string | null;
  readonly pictures: readonly ProductPicture[];
  readonly priceBefore: string;
  readonly priceAfter: string;
  /** Whether nothing is taken off. */
  readonly isFullPrice: boolean;
  /** Whether orders do not prove it yet. */
  readonly isToTry: boolean;
  readonly discount: string;
  readonly profit: {
    readonly value: string;
    readonly interval: string;
    /** What the figures hold for, where the bundle's discount is another by now. */
    readonly proposedDiscount: string | null;
  } | null;
  readonly why: string;
  /** What it sold in 28 days; null of what is not approved. */
  readonly sold: SoldFigures | null;
}

export type BulkDecision = "approve" | "reject" | "pause" | "resume";

interface SuggestionTableProps {
  readonly rows: readonly SuggestionRow[];
  readonly decisions: readonly BulkDecision[];
  /** @param onDecided takes the marks away; a decision that is left keeps them */
  readonly onDecide: (decision: BulkDecision, bundles: readonly SeenBundle[], onDecided: () => void) => void;
  /** Decides one row at once; it can be taken back. */
  readonly onDecideOne: (decision: "approve" | "reject", bundle: SeenBundle) => void;
  readonly page: { readonly hasPrevious: boolean; readonly hasNext: boolean; onTurn(by: 1 | -1): void };
}

/** The bundles of one view: what, for how much, what it should earn, and in one sentence why. */
export function SuggestionTable({ rows, decisions, onDecide, onDecideOne, page }: SuggestionTableProps) {
  const { t } = useTranslation("bundles");
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const { marked, isAllMarked, drawn, change, clear } = useMarkedRows(ids);
  const { smDown: isNarrow } = useBreakpoints();
  const isDeciding = rows.every(({ status }) => status === "proposed");
  const isSelling = rows.every(({ sold }) => sold !== null);
  // Made once: marking a row, or all of them, changes no cell, and React leaves alone what is the same element.
  const contents = useMemo(
    () =>
      rows.map((row) => {
        const verdict = isDeciding ? (
          <DecideCell row={row} onDecide={onDecideOne} />
        ) : (
          <StatusCell row={row} />
        );
        return isNarrow ? <NarrowRow row={row} verdict={verdict} /> : <WideRow row={row} verdict={verdict} />;
      }),
    [rows, isDeciding, isNarrow, onDecideOne],
  );
  return (
    <Card padding="0">
      <IndexTable
        resourceName={{ singular: t("bundle"), plural: t("bundles") }}
        itemCount={rows.length}
        selectedItemsCount={isAllMarked ? "All" : marked.length}
        onSelectionChange={change}
        condensed={isNarrow}
        selectable={decisions.length > 0}
        headings={[
          { title: t("column.bundle") },
          { title: t("column.price") },
          { title: t("column.profit") },
          { title: isSelling ? t("column.sold") : t("column.why") },
          { title: isDeciding ? t("column.decision") : t("column.status") },
        ]}
        promotedBulkActions={decisions.map((decision) => ({
          content: t(`common:${decision}`),
          onAction: () =>
            onDecide(
              decision,
              rows.filter(({ id }) => marked.includes(id)),
              clear,
            ),
        }))}
        pagination={{
          hasPrevious: page.hasPrevious,
          hasNext: page.hasNext,
          onPrevious: () => page.onTurn(-1),
          onNext: () => page.onTurn(1),
        }}
      >
        {rows.map((row, index) => (
          <IndexTable.Row
            key={row.id}
            id={row.id}
            position={index}
            selected={drawn.has(row.id)}
            accessibilityLabel={row.title}
          >
            {contents[index]}
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}

interface RowProps {
  readonly row: SuggestionRow;
  /** The buttons to decide with, or what was decided. */
  readonly verdict: ReactNode;
}

function WideRow({ row, verdict }: RowProps) {
  return (
    <>
      <IndexTable.Cell>
        <BundleCell row={row} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <PriceCell row={row} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <ProfitCell profit={row.profit} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        {row.sold ? (
          <SoldCell sold={row.sold} />
        ) : (
          <div style={{ whiteSpace: "normal", minInlineSize: "14rem", maxInlineSize: "24rem" }}>
            {row.why}
          </div>
        )}
      </IndexTable.Cell>
      <IndexTable.Cell>{verdict}</IndexTable.Cell>
    </>
  );
}

/** The same on a phone: one below the other, so that nothing has to be scrolled to sideways. */
function NarrowRow({ row, verdict }: RowProps) {
  const { t } = useTranslation("bundles");
  return (
    <div style={{ flex: 1, minInlineSize: 0, padding: "var(--p-space-300) var(--p-space-400)" }}>
      <BlockStack gap="200">
        <BundleCell row={row} />
        <InlineStack gap="400" blockAlign="start">
          <PriceCell row={row} />
          <BlockStack gap="050">
            <Text as="span" tone="subdued">
              {t("column.profit")}
            </Text>
            <ProfitCell profit={row.profit} />
          </BlockStack>
        </InlineStack>
        {row.sold ? (
          <BlockStack gap="050">
            <Text as="span" tone="subdued">
              {t("column.sold")}
            </Text>
            <SoldCell sold={row.sold} />
          </BlockStack>
        ) : (
          <div style={{ whiteSpace: "normal" }}>{row.why}</div>
        )}
        {verdict}
      </BlockStack>
    </div>
  );
}

function BundleCell({ row }: { row: SuggestionRow }) {
  const { t } = useTranslation("bundles");
  return (
    <BlockStack gap="100" inlineAlign="start">
      <ProductPictures pictures={row.pictures} />
      <div style={{ whiteSpace: "normal", minInlineSize: "12rem", maxInlineSize: "20rem" }}>
        <Link url={`/app/suggestions/${row.id}`} dataPrimaryLink removeUnderline monochrome>
          {row.title}
        </Link>
      </div>
      <InlineStack gap="100">
        <Tooltip content={toKindText(row.kind, t)}>
          <Badge>{toKindName(row.kind, t)}</Badge>
        </Tooltip>
        {row.isToTry ? <Badge tone="attention">{t("toTry")}</Badge> : null}
      </InlineStack>
    </BlockStack>
  );
}

function StatusCell({ row }: { row: SuggestionRow }) {
  return (
    <BlockStack gap="100" inlineAlign="start">
      <BundleStatusBadge status={row.status} isWaiting={row.pausedReason !== null} />
      {row.pausedReason ? (
        <Text as="span" tone="subdued">
          {row.pausedReason}
        </Text>
      ) : null}
    </BlockStack>
  );
}

interface DecideCellProps {
  readonly row: SuggestionRow;
  readonly onDecide: SuggestionTableProps["onDecideOne"];
}

/** Decides this row alone. A click on a row marks it, so these keep theirs to themselves. */
function DecideCell({ row, onDecide }: DecideCellProps) {
  const { t } = useTranslation("bundles");
  return (
    <div onClick={(event) => event.stopPropagation()} role="presentation">
      <ButtonGroup noWrap>
        <Button
          size="slim"
          accessibilityLabel={t("approveOne", { title: row.title })}
          onClick={() => onDecide("approve", row)}
        >
          {t("common:approve")}
        </Button>
        <Button
          size="slim"
          variant="tertiary"
          tone="critical"
          accessibilityLabel={t("rejectOne", { title: row.title })}
          onClick={() => onDecide("reject", row)}
        >
          {t("common:reject")}
        </Button>
      </ButtonGroup>
    </div>
  );
}

function PriceCell({ row }: { row: SuggestionRow }) {
  const { t } = useTranslation("bundles");
  return (
    <BlockStack gap="050">
      {row.isFullPrice ? null : (
        <InlineStack gap="100" wrap={false}>
          <Text as="span" visuallyHidden>
            {t("withoutBundle")}
          </Text>
          <Text as="span" tone="subdued" textDecorationLine="line-through" numeric>
            {row.priceBefore}
          </Text>
        </InlineStack>
      )}
      <Text as="span" fontWeight="semibold" numeric>
        {row.priceAfter}
      </Text>
      <Text as="span" tone="subdued">
        {row.isFullPrice ? t("fullPrice") : t("off", { discount: row.discount })}
      </Text>
    </BlockStack>
  );
}

function ProfitCell({ profit }: { profit: SuggestionRow["profit"] }) {
  const { t } = useTranslation("bundles");
  if (!profit) return <Text as="span">{t("notEstimated")}</Text>;
  return (
    <BlockStack gap="050">
      <Text as="span" fontWeight="semibold" numeric>
        {profit.value}
      </Text>
      <Text as="span" tone="subdued" numeric>
        {profit.interval}
      </Text>
      {profit.proposedDiscount ? (
        <Text as="span" tone="subdued">
          {t("atDiscount", { discount: profit.proposedDiscount })}
        </Text>
      ) : null}
    </BlockStack>
  );
}
