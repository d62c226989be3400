import { Badge, BlockStack, Card, DataTable, Text } from "@shopify/polaris";

interface CandidateRow {
  readonly name: string;
  readonly isChosen: boolean;
  readonly figures: readonly string[];
}

interface CandidateTableProps {
  readonly title: string;
  readonly explanation: string;
  readonly headings: readonly string[];
  readonly rows: readonly CandidateRow[];
}

/** The methods that were tried against each other on later orders, and which one is used. */
export function CandidateTable({ title, explanation, headings, rows }: CandidateTableProps) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <Text as="p" tone="subdued">
          {explanation}
        </Text>
        {rows.length === 0 ? (
          <Text as="p">This step has not finished.</Text>
        ) : (
          <DataTable
            columnContentTypes={["text", ...headings.map(() => "numeric" as const), "text"]}
            headings={["Method", ...headings, ""]}
            rows={rows.map(({ name, figures, isChosen }) => [
              name,
              ...figures,
              isChosen ? (
                <Badge key={name} tone="success">
                  Used
                </Badge>
              ) : (
                ""
              ),
            ])}
          />
        )}
      </BlockStack>
    </Card>
  );
}
