import { Box, Card, EmptyState } from "@shopify/polaris";
import type { ReactNode } from "react";

interface RowsProps {
  readonly rows: readonly { readonly id: string; readonly content: ReactNode }[];
  /** Shown when there are no rows. */
  readonly none: { readonly title: string; readonly text: string };
}

/** A card for rows too long for a table: stacked at any width, with a line between them. */
export function Rows({ rows, none }: RowsProps) {
  if (rows.length === 0) {
    return (
      <Card>
        <EmptyState heading={none.title} image="">
          <p>{none.text}</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card padding="0">
      <ul style={{ listStyle: "none", margin: 0, padding: 0, overflowWrap: "anywhere" }}>
        {rows.map(({ id, content }, index) => (
          <li key={id}>
            <Box
              padding="400"
              borderColor="border-secondary"
              {...(index > 0 ? { borderBlockStartWidth: "025" } : {})}
            >
              {content}
            </Box>
          </li>
        ))}
      </ul>
    </Card>
  );
}
