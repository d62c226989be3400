import {
  BlockStack,
  Box,
  Button,
  Card,
  EmptyState,
  IndexTable,
  InlineStack,
  Text,
  useBreakpoints,
} from "@shopify/polaris";
import type { ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

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
  "publish.flow": "flow",
};

/** Polaris keeps a cell on one line; a reason is a sentence, or a machine's line without a space in it. */
const WRAPPED = { whiteSpace: "normal", overflowWrap: "anywhere" } as const;

/** Work that was given up, each with the reason and a way to try it again. */
export function FailedWorkTable({ work, isRetrying, onRetry }: FailedWorkTableProps) {
  const { t } = useTranslation("jobs");
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
  const retryOf = (failed: FailedWork) => (
    <Button disabled={isRetrying} onClick={() => onRetry(failed)}>
      {t("retry")}
    </Button>
  );
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
            {isNarrow ? (
              <NarrowRow failed={failed} retry={retryOf(failed)} />
            ) : (
              <WideRow failed={failed} retry={retryOf(failed)} />
            )}
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}

interface RowProps {
  readonly failed: FailedWork;
  /** The button that has it tried again. */
  readonly retry: ReactNode;
}

function WideRow({ failed, retry }: RowProps) {
  return (
    <>
      <IndexTable.Cell>
        <WorkName failed={failed} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <FailedAt at={failed.at} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {failed.attempts}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ ...WRAPPED, minInlineSize: "14rem", maxInlineSize: "32rem" }}>{failed.problem}</div>
      </IndexTable.Cell>
      <IndexTable.Cell>{retry}</IndexTable.Cell>
    </>
  );
}

/** The same on a phone: one below the other, so that nothing is cut or has to be scrolled to sideways. */
function NarrowRow({ failed, retry }: RowProps) {
  const { t } = useTranslation("jobs");
  return (
    <Box padding="400">
      <BlockStack gap="100" inlineAlign="start">
        <div style={WRAPPED}>
          <WorkName failed={failed} />
        </div>
        <FailedAt at={failed.at} />
        <InlineStack gap="100">
          <Text as="span" tone="subdued">
            {t("attempts")}
          </Text>
          <Text as="span" numeric>
            {failed.attempts}
          </Text>
        </InlineStack>
        <div style={WRAPPED}>{failed.problem}</div>
        {retry}
      </BlockStack>
    </Box>
  );
}

function WorkName({ failed: { name } }: { failed: FailedWork }) {
  const { t } = useTranslation("jobs");
  return (
    <Text as="span" fontWeight="semibold">
      {NAMES[name] ? t(`name.${NAMES[name]}`) : t("message", { topic: name })}
    </Text>
  );
}

function FailedAt({ at }: { at: string }) {
  const { i18n } = useTranslation("jobs");
  const format = new Intl.DateTimeFormat(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return <time dateTime={at}>{format.format(new Date(at))} UTC</time>;
}
