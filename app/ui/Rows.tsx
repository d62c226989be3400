import { Box } from "@shopify/polaris";
import type { ReactNode } from "react";

interface RowsProps {
  readonly rows: readonly { readonly id: string; readonly content: ReactNode }[];
}

/** What has more to say than a table's row holds: one below the other at any width, with a line between them. */
export function Rows({ rows }: RowsProps) {
  return (
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
  );
}
