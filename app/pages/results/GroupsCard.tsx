import { Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";

interface GroupRow {
  readonly name: string;
  readonly visitors: string;
  readonly orders: string;
  readonly buyers: string;
  readonly revenue: string;
  readonly revenuePerVisitor: string;
  readonly orderValue: string;
}

interface GroupsCardProps {
  /** Empty while no visitor has been counted. */
  readonly groups: readonly GroupRow[];
  /** Sentences on which purchases and visitors the answer counts. */
  readonly whatCounts: readonly string[];
}

const COLUMNS = ["group", "visitors", "orders", "bought", "revenue", "perVisitor", "perOrder"] as const;

/** Visitors who could see offers beside those who could not, as plain counts. */
export function GroupsCard({ groups, whatCounts }: GroupsCardProps) {
  const { t } = useTranslation("results");
  if (groups.length === 0) return null;
  return (
    <TitledCard title={t("term.groups")}>
      <FiguresTable
        label={t("term.groups")}
        columnContentTypes={COLUMNS.map((column) => (column === "group" ? "text" : "numeric"))}
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
        <Text key={sentence} as="p" tone="subdued">
          {sentence}
        </Text>
      ))}
    </TitledCard>
  );
}
