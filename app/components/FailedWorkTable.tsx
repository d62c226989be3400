import { Button, Card, EmptyState, IndexTable, Text, useBreakpoints } from "@shopify/polaris";

export interface FailedWork {
  readonly kind: "job" | "webhook";
  readonly name: string;
  readonly id: string;
  readonly at: string;
  readonly attempts: number;
  readonly problem: string;
}

interface FailedWorkTableProps {
  readonly work: readonly FailedWork[];
  readonly isRetrying: boolean;
  readonly onRetry: (work: FailedWork) => void;
}

const WHAT: Readonly<Record<string, string>> = {
  "collect.backfill": "Reading products and orders for the first time",
  "collect.reconcile": "Reading what changed",
  "prepare.start": "Starting to learn",
  "publish.reconcile": "Publishing",
};

/** Work that was given up, each with the reason and a way to try it again. */
export function FailedWorkTable({ work, isRetrying, onRetry }: FailedWorkTableProps) {
  const { smDown: isNarrow } = useBreakpoints();
  if (work.length === 0) {
    return (
      <Card>
        <EmptyState heading="Nothing has failed" image="">
          <p>Work that fails for good appears here, with its reason.</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card padding="0">
      <IndexTable
        condensed={isNarrow}
        selectable={false}
        resourceName={{ singular: "failure", plural: "failures" }}
        itemCount={work.length}
        headings={[
          { title: "What" },
          { title: "When" },
          { title: "Attempts", alignment: "end" },
          { title: "Reason" },
          { title: "Try again", hidden: true },
        ]}
      >
        {work.map((failed, position) => (
          <IndexTable.Row id={failed.id} key={`${failed.kind} ${failed.id}`} position={position}>
            <IndexTable.Cell>
              <Text as="span" fontWeight="semibold">
                {WHAT[failed.name] ?? `Message from Shopify: ${failed.name}`}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <time dateTime={failed.at}>{failed.at.slice(0, 16).replace("T", " ")} UTC</time>
            </IndexTable.Cell>
            <IndexTable.Cell>
              <Text as="span" alignment="end" numeric>
                {failed.attempts}
              </Text>
            </IndexTable.Cell>
            <IndexTable.Cell>{failed.problem}</IndexTable.Cell>
            <IndexTable.Cell>
              <Button disabled={isRetrying} onClick={() => onRetry(failed)}>
                Try again
              </Button>
            </IndexTable.Cell>
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}
