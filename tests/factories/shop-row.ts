/** A row of the table `Shop` with made-up secrets; `fields` are its other columns, or replace these. */
export function shopRow<F extends object>(shop: string, fields = {} as F) {
  return { shop, customerKeySecret: "s".repeat(64), holdoutSalt: "salt-0001", ...fields };
}
