import { useFetcher } from "@remix-run/react";
import { Autocomplete, Icon, Thumbnail } from "@shopify/polaris";
import { ImageIcon, SearchIcon } from "@shopify/polaris-icons";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** A product as the shop sells it now. */
export interface FoundProduct {
  readonly variantGid: string;
  readonly title: string;
  /** Empty for none. */
  readonly imageUrl: string;
  readonly priceMinor: number;
}

interface SearchAnswer {
  readonly search: string;
  readonly products: readonly (FoundProduct & { readonly price: string })[];
}

interface ProductSearchProps {
  readonly label: string;
  /** Products that are chosen already. */
  readonly without: readonly string[];
  readonly onChoose: (product: FoundProduct) => void;
}

/** Typing a name asks once it rests. */
const REST_MS = 250;

/** A field that finds one of the shop's own products by a part of its name. */
export function ProductSearch({ label, without, onChoose }: ProductSearchProps) {
  const { t } = useTranslation("edit");
  const [typed, setTyped] = useState("");
  const { load, data, state } = useFetcher<SearchAnswer>();
  const search = typed.trim();
  useEffect(() => {
    if (search === "") return;
    const timer = setTimeout(() => load(`/app/products?search=${encodeURIComponent(search)}`), REST_MS);
    return () => clearTimeout(timer);
  }, [search, load]);
  const isCurrent = data?.search === search;
  const found = isCurrent ? data.products.filter(({ variantGid }) => !without.includes(variantGid)) : [];
  return (
    <Autocomplete
      options={found.map(({ variantGid, title, price, imageUrl }) => ({
        value: variantGid,
        label: `${title}, ${price}`,
        media: <Thumbnail source={imageUrl || ImageIcon} alt="" size="extraSmall" />,
      }))}
      selected={[]}
      loading={search !== "" && (state !== "idle" || !isCurrent)}
      {...(search !== "" && isCurrent ? { emptyState: t("search.none") } : {})}
      onSelect={([variantGid]) => {
        const product = found.find((one) => one.variantGid === variantGid);
        if (!product) return;
        setTyped("");
        onChoose(product);
      }}
      textField={
        <Autocomplete.TextField
          label={label}
          value={typed}
          onChange={setTyped}
          prefix={<Icon source={SearchIcon} />}
          placeholder={t("search.placeholder")}
          autoComplete="off"
        />
      }
    />
  );
}
