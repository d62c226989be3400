import { BlockStack, Button, Collapsible, DescriptionList, Card, InlineGrid, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { WrittenRange } from "#app/pages/write-results.server.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import type { ResultsPage } from "./read-results-page.server.ts";

interface DetailsSectionProps {
  readonly isOpen: boolean;
  readonly onTurn: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

/** Details behind a button. */
export function DetailsSection({ isOpen, onTurn, children }: DetailsSectionProps) {
  const { t } = useTranslation("results");
  return (
    <BlockStack gap="400">
      <div style={{ textAlign: "center" }}>
        <Button
          disclosure={isOpen ? "up" : "down"}
          ariaExpanded={isOpen}
          ariaControls="details"
          onClick={() => onTurn(!isOpen)}
        >
          {t("details")}
        </Button>
      </div>
      <Collapsible open={isOpen} id="details">
        <BlockStack gap="400">{children}</BlockStack>
      </Collapsible>
    </BlockStack>
  );
}

const TERMS = ["groups", "period", "perVisitor", "incremental", "range", "redeemed"] as const;

export function Definitions() {
  const { t } = useTranslation("results");
  return (
    <TitledCard title={t("definitions.open")}>
      <DescriptionList
        items={TERMS.map((term) => ({ term: t(`term.${term}`), description: t(`definition.${term}`) }))}
      />
    </TitledCard>
  );
}

/** Results of finished measuring periods, as saved when they ended. */
export function FinishedPeriodsCard({ periods }: { readonly periods: ResultsPage["finished"] }) {
  const { t } = useTranslation("results");
  if (periods.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {t("finished.title")}
          </Text>
          <Subdued>{t("finished.text")}</Subdued>
        </BlockStack>
        {periods.map(({ time, measured, visitors, perVisitor, incremental, verdict }) => (
          <BlockStack key={time} gap="200">
            <Text as="h3" variant="headingSm">
              {time}
            </Text>
            <Text as="p">{verdict}</Text>
            <InlineGrid columns={{ xs: 1, sm: 2 }} gap="400">
              <RangeFigure label={t("term.perVisitor")} range={perVisitor} />
              <RangeFigure label={t("term.incremental")} range={incremental} />
            </InlineGrid>
            <Subdued>{t("finished.counted", { visitors, day: measured })}</Subdued>
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}

interface GroupsCardProps {
  /** Empty before the first counted visitor. */
  readonly groups: ResultsPage["arms"];
  /** Sentences on which purchases and visitors count. */
  readonly whatCounts: readonly string[];
}

const COLUMNS = ["group", "visitors", "orders", "bought", "revenue", "perVisitor", "perOrder"] as const;

/** Visitors with and without offers, as plain counts. */
export function GroupsCard({ groups, whatCounts }: GroupsCardProps) {
  const { t } = useTranslation("results");
  if (groups.length === 0) return null;
  return (
    <TitledCard title={t("term.groups")}>
      <FiguresTable
        label={t("term.groups")}
        headings={COLUMNS.map((column) => t(`column.${column}`))}
        rows={groups.map((group) => [
          group.name,
          group.visitors,
          group.orders,
          group.buyers,
          group.revenue,
          group.revenuePerVisitor,
          group.orderValue,
        ])}
      />
      {whatCounts.map((sentence) => (
        <Subdued key={sentence}>{sentence}</Subdued>
      ))}
    </TitledCard>
  );
}

/** Refund reasons of orders with and without a bundle. */
export function RefundReasonsCard({ rows }: { readonly rows: ResultsPage["refunds"] }) {
  const { t } = useTranslation("results");
  if (rows.length === 0) return null;
  return (
    <TitledCard title={t("refunds.title")} note={t("refunds.text")}>
      <FiguresTable
        label={t("refunds.title")}
        headings={[t("refunds.reason"), t("refunds.withBundle"), t("refunds.without")]}
        rows={rows.map(({ reason, withBundle, without }) => [t(`refunds.of.${reason}`), withBundle, without])}
      />
    </TitledCard>
  );
}

interface RangeFigureProps {
  readonly label: string;
  readonly range: WrittenRange;
}

/** A large figure with its name above and its range below. */
function RangeFigure({ label, range }: RangeFigureProps) {
  return (
    <BlockStack gap="050">
      <Text as="h4" tone="subdued" variant="bodyMd">
        {label}
      </Text>
      <Text as="p" variant="headingLg" numeric>
        {range.value}
      </Text>
      <Text as="p" tone="subdued" numeric>
        {range.interval}
      </Text>
    </BlockStack>
  );
}
