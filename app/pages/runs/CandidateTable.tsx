import { Badge, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { RunPage } from "./read-run-page.server.ts";

interface CandidateTableProps {
  readonly title: string;
  readonly explanation: string;
  readonly headings: readonly string[];
  readonly rows: RunPage["trends"];
  /** What is said in place of an empty table. */
  readonly whenEmpty: string;
}

/** The methods that were tried against each other on later orders, and which one is used. */
export function CandidateTable({ title, explanation, headings, rows, whenEmpty }: CandidateTableProps) {
  const { t } = useTranslation("learning");
  return (
    <TitledCard title={title} note={explanation}>
      {rows.length === 0 ? (
        <Text as="p">{whenEmpty}</Text>
      ) : (
        <FiguresTable
          label={title}
          columnContentTypes={["text", ...headings.map(() => "numeric" as const), "text"]}
          headings={[t("candidates.method"), ...headings, t("candidates.inUse")]}
          rows={rows.map(({ name, figures, isChosen }) => [
            name,
            ...figures,
            isChosen ? (
              <Badge key={name} tone="success">
                {t("candidates.used")}
              </Badge>
            ) : null,
          ])}
        />
      )}
    </TitledCard>
  );
}
