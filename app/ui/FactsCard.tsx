import { Card, DescriptionList } from "@shopify/polaris";

interface FactsCardProps {
  readonly items: readonly { readonly term: string; readonly text: string }[];
}

/** Terms and what each means. */
export function FactsCard({ items }: FactsCardProps) {
  return (
    <Card>
      <DescriptionList items={items.map(({ term, text }) => ({ term, description: text }))} />
    </Card>
  );
}
