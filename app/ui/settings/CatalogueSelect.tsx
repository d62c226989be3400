import { BlockStack, Checkbox, InlineStack, Tag, TextField } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";

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

/**
 * Chooses products, collections or tags of the shop by typing part of their name. The router does not ask: a reading of the
 * page that comes in between would have it forget how to, and take the page away.
 */
export function CatalogueSelect({ kind, chosen, names, problem, onChange }: CatalogueSelectProps) {
  const { t } = useTranslation("settings");
  const [text, setText] = useState("");
  const [entries, setEntries] = useState<readonly CatalogueEntry[] | null>(null);
  const [isLoading, setLoading] = useState(false);
  // Names of what was found once, so that a tag keeps its name when the search moves on.
  const [found, setFound] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (!text) return;
    const leaving = new AbortController();
    const ask = async () => {
      setLoading(true);
      try {
        const query = new URLSearchParams({ kind, text });
        const answer = await fetch(`/app/catalogue?${query}`, { signal: leaving.signal });
        const { entries: named } = (await answer.json()) as { entries: readonly CatalogueEntry[] };
        setEntries(named);
        setFound((before) => ({
          ...before,
          ...Object.fromEntries(named.map(({ id, title }) => [id, title])),
        }));
      } catch {
        // The network failed, or the next key aborted: what was found before stays.
      }
      setLoading(false);
    };
    const timer = setTimeout(() => void ask(), SEARCH_DELAY_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [kind, text]);
  const nameOf = (id: string) => names[id] ?? found[id] ?? (kind === "tag" ? id : t("exclude.gone"));
  return (
    <BlockStack gap="200">
      <TextField
        label={t(`exclude.${kind}`)}
        value={text}
        onChange={setText}
        placeholder={t("exclude.search")}
        loading={isLoading}
        autoComplete="off"
        error={problem ?? false}
      />
      {entries && text ? (
        <div
          role="group"
          aria-label={t(`exclude.${kind}`)}
          style={{ maxBlockSize: "14rem", overflowY: "auto" }}
        >
          <BlockStack>
            {entries.map(({ id, title }) => (
              <Checkbox
                key={id}
                label={title}
                checked={chosen.includes(id)}
                onChange={(isChosen) =>
                  onChange(isChosen ? [...chosen, id] : chosen.filter((other) => other !== id))
                }
              />
            ))}
            {entries.length === 0 ? <Subdued>{t("exclude.none")}</Subdued> : null}
          </BlockStack>
        </div>
      ) : null}
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
