import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  InlineGrid,
  InlineStack,
  Select,
  TextField,
} from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { toKindName } from "#app/ui/BundleStatusBadge.tsx";
import type { SuggestionsPage } from "./read-suggestions-page.server.ts";

type SuggestionView = Omit<SuggestionsPage["query"], "page">;
/** Changes of the URL; null or "" removes a parameter. */
export type ViewChanges = Readonly<Partial<Record<keyof SuggestionsPage["query"], string | number | null>>>;

interface SuggestionFiltersProps extends Pick<
  SuggestionsPage,
  "tabs" | "views" | "collections" | "hasMoreCollections"
> {
  readonly view: SuggestionView;
  readonly onOpenView: (query: string) => void;
  readonly onSaveView: (name: string) => void;
  readonly onDeleteView: (id: string) => void;
  readonly onChange: (changes: ViewChanges) => void;
}

const KINDS = ["complementary", "substitute", "seasonal", "merchant"];
const NO_FILTER = {
  search: "",
  kind: null,
  collection: null,
  confidence: null,
  minProfit: null,
  waits: null,
};
const SORTS = ["profit", "newest", "discount"] as const;
const TYPING_MS = 400;

/** Views, search, filters and order of the list. All are in the URL, so it can be saved or shared. */
export function SuggestionFilters({
  view,
  tabs,
  views,
  collections,
  hasMoreCollections,
  onOpenView,
  onSaveView,
  onDeleteView,
  onChange,
}: SuggestionFiltersProps) {
  const { t } = useTranslation("bundles");
  const [isOpen, setIsOpen] = useState(isFiltered(view));
  const [name, setName] = useState("");
  const [sentName, setSentName] = useState<string | null>(null);
  const address = toViewQuery(view);
  const saved = views.find(({ query }) => query === address);
  // A refused name stays in the field for correction.
  if (sentName !== null && views.some((kept) => kept.query === address && kept.name === sentName)) {
    setSentName(null);
    if (name.trim() === sentName) setName("");
  }
  const choose = (
    field: "kind" | "collection" | "confidence" | "waits",
    options: readonly [string, string][],
  ) => (
    <Select
      label={t(field)}
      options={[{ label: t("any"), value: "" }, ...options.map(([value, label]) => ({ label, value }))]}
      value={view[field] ?? ""}
      onChange={(chosen) => onChange({ [field]: chosen || null })}
      helpText={field === "collection" && hasMoreCollections ? t("collectionsFirst") : undefined}
    />
  );
  return (
    <Card padding="300">
      <BlockStack gap="300">
        <InlineStack gap="200" align="space-between">
          <InlineStack gap="100" align="start">
            {tabs.map(({ id, count }) => (
              <Button
                key={id}
                variant="tertiary"
                pressed={!saved && id === view.tab}
                onClick={() => onChange({ tab: id, waits: null })}
              >
                {`${t(`tab.${id}`)} (${count})`}
              </Button>
            ))}
            {views.map(({ id, name: label, query }) => (
              <Button
                key={id}
                variant="tertiary"
                pressed={id === saved?.id}
                onClick={() => onOpenView(query)}
              >
                {label}
              </Button>
            ))}
          </InlineStack>
          <Button
            variant="tertiary"
            disclosure={isOpen ? "up" : "down"}
            ariaExpanded={isOpen}
            ariaControls="list-filters"
            onClick={() => setIsOpen(!isOpen)}
          >
            {t("filter")}
          </Button>
        </InlineStack>
        <div id="list-filters" hidden={!isOpen}>
          <BlockStack gap="300">
            <InlineGrid columns={{ xs: 1, sm: 2, md: 3 }} gap="300">
              <TypedField
                label={t("search")}
                value={view.search}
                onTyped={(search) => onChange({ search })}
              />
              {choose(
                "kind",
                KINDS.map((kind) => [kind, toKindName(kind, t)]),
              )}
              {choose(
                "collection",
                collections.map(({ id, title }) => [id, title]),
              )}
              {choose("confidence", [["tested", t("confident.tested")]])}
              {view.tab === "approved"
                ? choose("waits", [
                    ["all", t("common:status.waiting")],
                    ["held", t("waits.held")],
                  ])
                : null}
              <TypedField
                label={t("minProfitLabel")}
                type="number"
                value={view.minProfit === null ? "" : String(view.minProfit)}
                onTyped={(typed) => onChange({ minProfit: typed === "" ? null : Number(typed) })}
              />
              <Select
                label={t("sort")}
                options={SORTS.map((sort) => ({ label: t(`sort.${sort}`), value: sort }))}
                value={view.sort}
                onChange={(sort) => onChange({ sort })}
              />
            </InlineGrid>
            <InlineStack gap="200" blockAlign="end">
              <TextField
                label={t("view.name")}
                value={name}
                onChange={setName}
                maxLength={40}
                autoComplete="off"
                connectedRight={
                  <Button
                    disabled={name.trim() === ""}
                    onClick={() => {
                      onSaveView(name.trim());
                      setSentName(name.trim());
                    }}
                  >
                    {t("view.save")}
                  </Button>
                }
              />
              <ButtonGroup>
                {isFiltered(view) ? <Button onClick={() => onChange(NO_FILTER)}>{t("clear")}</Button> : null}
                {saved ? (
                  <Button tone="critical" onClick={() => onDeleteView(saved.id)}>
                    {t("view.delete", { name: saved.name })}
                  </Button>
                ) : null}
              </ButtonGroup>
            </InlineStack>
          </BlockStack>
        </div>
      </BlockStack>
    </Card>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly type?: "number";
  readonly value: string;
  readonly onTyped: (text: string) => void;
}

/** A debounced text field. Text typed before the response is kept. */
function TypedField({ label, type, value, onTyped }: TypedFieldProps) {
  const [typed, setTyped] = useState({ text: value, sent: value, of: value });
  if (typed.of !== value) {
    const sent = typed.sent.trim();
    // "10.0" comes back as "10" while its next digit is typed.
    const isOwn = value === (type === "number" && sent !== "" ? String(Number(sent)) : sent);
    setTyped(isOwn ? { ...typed, of: value } : { text: value, sent: value, of: value });
  }
  useEffect(() => {
    if (typed.text === typed.sent || typed.text.trim() === value) return;
    const timer = setTimeout(() => {
      setTyped((before) => ({ ...before, sent: typed.text }));
      onTyped(typed.text);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed.text, typed.sent, value, onTyped]);
  return (
    <TextField
      label={label}
      {...(type ? { type, min: 0 } : {})}
      value={typed.text}
      onChange={(text) => setTyped({ ...typed, text })}
      autoComplete="off"
    />
  );
}

export function isFiltered(view: SuggestionView): boolean {
  return Object.keys(NO_FILTER).some((name) => (view[name as "search"] ?? "") !== "");
}

/** The URL parameters of a view, without defaults. */
export function toViewQuery(view: SuggestionView): string {
  const query = new URLSearchParams();
  // The order is fixed, because saved views are compared as text.
  const names = ["tab", "kind", "collection", "confidence", "minProfit", "sort", "search", "waits"] as const;
  for (const name of names) {
    const value = view[name];
    if (value !== null && value !== "") query.set(name, String(value));
  }
  return query.toString();
}
