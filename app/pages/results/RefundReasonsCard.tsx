import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";

interface RefundRow {
  readonly reason: string;
  readonly withBundle: string;
  readonly without: string;
}

/** Why orders were refunded, those with a bundle beside the others. */
export function RefundReasonsCard({ rows }: { readonly rows: readonly RefundRow[] }) {
  const { t } = useTranslation("results");
  if (rows.length === 0) return null;
  return (
    <TitledCard title={t("refunds.title")} note={t("refunds.text")}>
      <FiguresTable
        label={t("refunds.title")}
        columnContentTypes={["text", "numeric", "numeric"]}
        headings={[t("refunds.reason"), t("refunds.withBundle"), t("refunds.without")]}
        rows={rows.map(({ reason, withBundle, without }) => [t(`refunds.of.${reason}`), withBundle, without])}
      />
    </TitledCard>
  );
}
