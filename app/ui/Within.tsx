import { Text } from "@shopify/polaris";

interface WithinProps {
  readonly of: string;
  readonly label: string;
}

/** The label of a field beside another, which tells whoever does not see that other to what it belongs. */
export function Within({ of, label }: WithinProps) {
  return (
    <>
      <Text as="span" visuallyHidden>{`${of}: `}</Text>
      {label}
    </>
  );
}
