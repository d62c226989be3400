import { Button, Card, EmptyState, IndexTable, Text, useBreakpoints } from "@shopify/polaris";
import { useTranslation } from "react-i18next";

export interface FailedWork {
  readonly kind: "job" | "webhook";
  readonly name: string;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly attempts: number;
  readonly problem: string;
}

interface FailedWorkTableProps {
  readonly work: readonly FailedWork[];
  readonly isRetrying: boolean;
  readonly onRetry: (work: FailedWork) => void;
}

/** Jobs that have a name in a merchant's words. */
const NAMES: Readonly<Record<string, string>> = {
  "collect.backfill": "backfill",
  "collect.reconcile": "reconcile",
  "collect.erase": "erase",
  "prepare.start": "learn",
  "publish.reconcile": "publish",
};

/** Work that was given up, each with the reason and a way to try it again. */
export function FailedWorkTable({ work, isRetrying, onRetry }: FailedWorkTableProps) {
  const { t, i18n } = useTranslation("jobs");
  const format = new Intl.DateTimeFormat(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  const { smDown: isNarrow } = useBreakpoints();
  if (work.length === 0) {
    return (
      <Card>
        <EmptyState heading={t("none.title")} image="">
          <p>{t("none.text")}</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card padding="0">
      <IndexTable
        condensed={isNarrow}
        selectable={false}
        resourceName={{ singular: t("failure"), plural: t("failures") }}
        itemCount={work.length}
        headings={[
          { title: t("what") },
          { title: t("when") },
          { title: t("attempts"), alignment: "end" },
          { title: t("reason") },
          { title: t("retry"), hidden: true },
        ]}
      >
        {work.map((failed, position) => (
          <IndexTable.Row id={failed.id} key={`${failed.kind} ${failed.id}`} position={position}>
            <IndexTable.Cell>
              <Text as="span" fontWeight="semibold">
                {NAMES[failed.name] ? t(`name.${NAMES[failed.name]}`) : t("message", { topic: failed.name })}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <time dateTime={failed.at}>{format.format(new Date(failed.at))} UTC</time>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Text as="span" alignment="end" numeric>
                {failed.attempts}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>{failed.problem}</IndexTable.Cell>
            <IndexTable.Cell>
              <Button disabled={isRetrying} onClick={() => onRetry(failed)}>
                {t("retry")}
              </Button>
            </IndexTable.Cell>
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}
