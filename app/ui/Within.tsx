import { Text } from "@shopify/polaris";

interface WithinProps {
  readonly of: string;
  readonly label: string;
}

/** A label that names its group for screen readers. */
export function Within({ of, label }: WithinProps) {
  return (
    <>
      <Text as="span" visuallyHidden>{`${of}: `}</Text>
      {label}
    </>
  );
}
