import { useFetcher } from "@remix-run/react";
import { Autocomplete, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
}

interface CatalogueSelectProps {
  readonly kind: "product" | "collection" | "tag";
  readonly chosen: readonly string[];
  /** Names of what is chosen, where they are known. */
  readonly names: Readonly<Record<string, string>>;
  readonly problem?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

const SEARCH_DELAY_MS = 250;

/** Chooses products, collections or tags of the shop by typing part of their name. */
export function CatalogueSelect({ kind, chosen, names, problem, onChange }: CatalogueSelectProps) {
  const { t } = useTranslation("settings");
  const fetcher = useFetcher<{ readonly entries: readonly CatalogueEntry[] }>();
  const [text, setText] = useState("");
  // Names of what was found once, so that a tag keeps its name when the search moves on.
  const [found, setFound] = useState<Readonly<Record<string, string>>>({});
  const loadRef = useRef(fetcher.load);
  useEffect(() => {
    loadRef.current = fetcher.load;
  });
  useEffect(() => {
    const query = new URLSearchParams({ kind, text });
    const timer = setTimeout(() => loadRef.current(`/app/catalogue?${query}`), text ? SEARCH_DELAY_MS : 0);
    return () => clearTimeout(timer);
  }, [kind, text]);
  const entries = fetcher.data?.entries ?? [];
  useEffect(() => {
    if (!fetcher.data) return;
    const titles = Object.fromEntries(fetcher.data.entries.map(({ id, title }) => [id, title]));
    setFound((before) => ({ ...before, ...titles }));
  }, [fetcher.data]);
  const nameOf = (id: string) => names[id] ?? found[id] ?? (kind === "tag" ? id : t("exclude.gone"));
  return (
    <BlockStack gap="200">
      <Autocomplete
        allowMultiple
        options={entries.map(({ id, title }) => ({ value: id, label: title }))}
        selected={[...chosen]}
        onSelect={(selected) => {
          // The list shows a part of the catalogue; what was chosen beside it stays.
          const shown = new Set(entries.map(({ id }) => id));
          onChange([...chosen.filter((id) => !shown.has(id)), ...selected.filter((id) => shown.has(id))]);
        }}
        loading={fetcher.state !== "idle"}
        textField={
          <Autocomplete.TextField
            label={t(`exclude.${kind}`)}
            value={text}
            onChange={setText}
            placeholder={t("exclude.search")}
            autoComplete="off"
            error={problem ?? false}
          />
        }
        emptyState={t("exclude.none")}
      />
      {chosen.length > 0 ? (
        <InlineStack gap="200">
          {chosen.map((id) => (
            <Tag key={id} onRemove={() => onChange(chosen.filter((other) => other !== id))}>
              {nameOf(id)}
            </Tag>
          ))}
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}
