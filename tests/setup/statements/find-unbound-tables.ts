import {
  loadModule,
  parseSync,
  type A_Expr,
  type ColumnRef,
  type CommonTableExpr,
  type DeleteStmt,
  type InsertStmt,
  type JoinExpr,
  type Node,
  type RangeVar,
  type SelectStmt,
  type UpdateStmt,
} from "libpg-query";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";

await loadModule();

/** A table with a shop column that a statement uses without binding it to one shop. */
export interface UnboundTable {
  readonly table: string;
  /** Its alias in the statement. */
  readonly alias: string;
}

/** Whether the parameter `$n` is the shop, or a list of only the shop. */
export type IsShop = (parameter: number) => boolean;

/** A column of a query's result, and whether it holds only the shop. */
interface Output {
  readonly name: string | null;
  readonly isShop: boolean;
}

/** A row source of a query. Subqueries, functions and temporary tables have no `table`. */
interface Source {
  readonly alias: string;
  readonly table: string | null;
  readonly hasShopColumn: boolean;
  isBound: boolean;
}

interface Scope {
  readonly sources: readonly Source[];
  readonly outer: Scope | null;
  readonly ctes: ReadonlyMap<string, readonly Output[]>;
}

/** A condition that every row from the sources in `binds` meets. */
interface Condition {
  readonly expression: Node;
  readonly binds: readonly Source[];
}

const SHOP = "shop";
const TABLES: ReadonlySet<string> = new Set(TABLES_OF_A_SHOP);
const parsed = new Map<string, readonly Node[]>();

/**
 * Lists the tables with a shop column that a statement reads or writes without binding them to one shop, parsed with
 * PostgreSQL's grammar. In the query that uses a table, a condition on all rows must set the table's column `shop`
 * equal to the shop or to the column `shop` of a bound table. Written rows must hold the shop. A foreign key to a bound
 * row is not enough, because no constraint makes the shops of both rows equal.
 *
 * Known weakness: assumes that a temporary table holds only what its own statements were allowed to read.
 *
 * @param ofAnyShop aliases of tables that may be read and written for any shop; other tables can be bound to these
 * @throws SqlError if it is not a statement
 */
export function findUnboundTables(
  sql: string,
  isShop: IsShop,
  ofAnyShop: ReadonlySet<string> = new Set(),
): UnboundTable[] {
  const unbound: UnboundTable[] = [];
  for (const statement of parse(sql)) new Statement(isShop, ofAnyShop, unbound).check(statement);
  return unbound;
}

/** The parameter numbers of a statement, ascending. */
export function listParameters(sql: string): number[] {
  const found = new Set<number>();
  walk(parse(sql), (node) => {
    if ("ParamRef" in node) found.add((node["ParamRef"] as { number: number }).number);
    return true;
  });
  return [...found].toSorted((a, b) => a - b);
}

function parse(sql: string): readonly Node[] {
  const known = parsed.get(sql);
  if (known) return known;
  const statements = (parseSync(sql).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
  parsed.set(sql, statements);
  return statements;
}

type Tree = Readonly<Record<string, unknown>>;

/** Visits a tree from the top; `visit` returns whether to visit the children. */
function walk(tree: unknown, visit: (node: Tree) => boolean): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
  } else if (typeof tree === "object" && tree !== null && visit(tree as Tree)) {
    for (const below of Object.values(tree)) walk(below, visit);
  }
}

const NO_CTES: Scope["ctes"] = new Map();

class Statement {
  readonly #isShop: IsShop;
  readonly #ofAnyShop: ReadonlySet<string>;
  readonly #unbound: UnboundTable[];

  constructor(isShop: IsShop, ofAnyShop: ReadonlySet<string>, unbound: UnboundTable[]) {
    this.#isShop = isShop;
    this.#ofAnyShop = ofAnyShop;
    this.#unbound = unbound;
  }

  check(statement: Node): void {
    // ANALYZE returns no rows to the app.
    if ("VacuumStmt" in statement) return;
    this.#checkBelow(statement, { sources: [], outer: null, ctes: NO_CTES });
  }

  /** Checks the queries inside an expression or another statement. A table outside a query counts as unbound. */
  #checkBelow(tree: unknown, scope: Scope): void {
    walk(tree, (node) => {
      const isQuery = this.#checkQuery(node as unknown as Node, scope) !== null;
      const table = isQuery ? null : node["relname"];
      if (typeof table === "string" && TABLES.has(table) && !this.#ofAnyShop.has(table)) {
        this.#unbound.push({ table, alias: table });
      }
      return !isQuery;
    });
  }

  /** The columns of the query's result; null if the node is not a query. */
  #checkQuery(node: Node, outer: Scope): readonly Output[] | null {
    if ("SelectStmt" in node) return this.#checkSelect(node.SelectStmt, outer);
    if ("InsertStmt" in node) return this.#checkInsert(node.InsertStmt, outer);
    if ("UpdateStmt" in node) return this.#checkChange(node.UpdateStmt, node.UpdateStmt.fromClause, outer);
    if ("DeleteStmt" in node) return this.#checkChange(node.DeleteStmt, node.DeleteStmt.usingClause, outer);
    return null;
  }

  #checkSelect(select: SelectStmt, outer: Scope): readonly Output[] {
    const within = this.#openCtes(select.withClause?.ctes, outer);
    const { larg, rarg, valuesLists, fromClause, whereClause, targetList, ...others } = select;
    // A lock names aliases only; their tables are checked already.
    const rest = { ...others, withClause: undefined, lockingClause: undefined };
    if (larg && rarg) {
      const left = this.#checkSelect(larg, within);
      const right = this.#checkSelect(rarg, within);
      this.#checkBelow(rest, within);
      return left.map((column, at) => ({ ...column, isShop: column.isShop && right[at]?.isShop === true }));
    }
    if (valuesLists) {
      this.#checkBelow(valuesLists, within);
      const rows = valuesLists.map((row) => ("List" in row ? (row.List.items ?? []) : []));
      return (rows[0] ?? []).map((_value, at) => ({
        name: null,
        isShop: rows.every((row) => this.#holdsShop(row[at], within)),
      }));
    }
    const scope = this.#openSources(null, fromClause, whereClause, within);
    this.#checkBelow([targetList, whereClause, rest], scope);
    return this.#listOutput(targetList, scope);
  }

  #checkInsert(insert: InsertStmt, outer: Scope): readonly Output[] {
    const within = this.#openCtes(insert.withClause?.ctes, outer);
    const { relation, cols, selectStmt, onConflictClause, returningClause } = insert;
    const written = selectStmt && this.#checkQuery(selectStmt, within);
    const target = toSource(relation, within);
    const at = (cols ?? []).findIndex((column) => "ResTarget" in column && column.ResTarget.name === SHOP);
    target.isBound = at >= 0 && written?.[at]?.isShop === true && !written.slice(0, at).some(isStar);
    const excluded: Source = { ...target, alias: "excluded", table: null };
    const scope: Scope = { ...within, sources: [target, excluded], outer };
    if (onConflictClause?.action === "ONCONFLICT_UPDATE") {
      const isOfShop = onConflictClause.infer?.indexElems?.some(
        (element) => "IndexElem" in element && element.IndexElem.name === SHOP,
      );
      // The conflicting row can belong to another shop, unless the shop is part of the unique key.
      const known: Source = { ...target, isBound: false };
      const inTheWay: Scope = { ...scope, sources: [known, excluded] };
      this.#bind(toConditions(onConflictClause.whereClause, [known]), inTheWay);
      if (!isOfShop && !known.isBound) target.isBound = false;
      this.#requireShopWritten(onConflictClause.targetList, target, scope);
    }
    target.isBound ||= this.#ofAnyShop.has(target.alias);
    this.#report([target]);
    this.#checkBelow([onConflictClause, returningClause], scope);
    return this.#listOutput(returningClause?.exprs, scope);
  }

  #checkChange(change: UpdateStmt | DeleteStmt, from: Node[] | undefined, outer: Scope): readonly Output[] {
    const within = this.#openCtes(change.withClause?.ctes, outer);
    const { relation, whereClause, returningClause } = change;
    const scope = this.#openSources(relation ?? null, from, whereClause, within);
    const targetList = "targetList" in change ? change.targetList : undefined;
    this.#requireShopWritten(targetList, scope.sources[0]!, scope);
    this.#checkBelow([targetList, whereClause, returningClause], scope);
    return this.#listOutput(returningClause?.exprs, scope);
  }

  /** An update of the column `shop` must write the shop. */
  #requireShopWritten(targetList: Node[] | undefined, target: Source, scope: Scope): void {
    for (const column of targetList ?? []) {
      if (!("ResTarget" in column) || column.ResTarget.name !== SHOP || target.table === null) continue;
      if (!this.#holdsShop(column.ResTarget.val, scope)) this.#report([{ ...target, isBound: false }]);
    }
  }

  #openCtes(ctes: Node[] | undefined, outer: Scope): Scope {
    let scope = outer;
    for (const node of ctes ?? []) {
      const { ctename, ctequery, aliascolnames } = (node as { CommonTableExpr: CommonTableExpr })
        .CommonTableExpr;
      // A recursive query sees itself, with unknown columns.
      const itself = { ...scope, ctes: new Map(scope.ctes).set(ctename!, []) };
      const output = this.#checkQuery(ctequery!, itself) ?? [];
      scope = { ...scope, ctes: new Map(scope.ctes).set(ctename!, rename(output, aliascolnames)) };
    }
    // Adds only the new names, without an extra scope.
    return scope === outer ? outer : { ...outer, ctes: scope.ctes };
  }

  #openSources(
    target: RangeVar | null,
    from: Node[] | undefined,
    where: Node | undefined,
    outer: Scope,
  ): Scope {
    const sources: Source[] = target ? [toSource(target, outer)] : [];
    const scope: Scope = { sources, outer, ctes: outer.ctes };
    const conditions: Condition[] = [];
    for (const item of from ?? []) this.#openItem(item, sources, conditions, scope);
    conditions.push(...toConditions(where, sources));
    for (const source of sources) source.isBound ||= this.#ofAnyShop.has(source.alias);
    this.#bind(conditions, scope);
    this.#report(sources);
    return scope;
  }

  /** Adds the sources of one FROM item and the conditions of its joins. Returns the added sources. */
  #openItem(item: Node, sources: Source[], conditions: Condition[], scope: Scope): Source[] {
    const first = sources.length;
    if ("JoinExpr" in item) {
      const { larg, rarg, quals, usingClause, jointype, isNatural }: JoinExpr = item.JoinExpr;
      const left = this.#openItem(larg!, sources, conditions, scope);
      const right = this.#openItem(rarg!, sources, conditions, scope);
      // An outer join keeps rows of the outer side that do not meet the condition.
      const binds = [
        ...(jointype === "JOIN_INNER" || jointype === "JOIN_RIGHT" ? left : []),
        ...(jointype === "JOIN_INNER" || jointype === "JOIN_LEFT" ? right : []),
      ];
      conditions.push(...toConditions(quals, binds));
      this.#checkBelow(quals, scope);
      const isUsed = usingClause?.some((name) => "String" in name && name.String.sval === SHOP);
      if (isUsed || isNatural) {
        const [one, other] = [left, right].map((side) => side.find(({ hasShopColumn }) => hasShopColumn));
        if (one && other) conditions.push({ expression: toEquality(one, other), binds });
      }
    } else if ("RangeVar" in item) {
      sources.push(toSource(item.RangeVar, scope));
    } else if ("RangeSubselect" in item) {
      const { subquery, alias } = item.RangeSubselect;
      const output = rename(this.#checkQuery(subquery!, scope) ?? [], alias?.colnames);
      sources.push(toDerived(alias?.aliasname ?? "", output));
    } else {
      this.#checkBelow(item, scope);
      const alias = "RangeFunction" in item ? item.RangeFunction.alias?.aliasname : undefined;
      sources.push({ alias: alias ?? "", table: null, hasShopColumn: false, isBound: false });
    }
    return sources.slice(first);
  }

  /** Marks the sources that the conditions bind. Repeats, because a bound source can bind another. */
  #bind(conditions: readonly Condition[], scope: Scope): void {
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const { expression, binds } of conditions) {
        for (const [column, value] of listEqualities(expression)) {
          const source = findSource(column, scope);
          if (!source || source.isBound || !binds.includes(source)) continue;
          // No row equals null; Prisma queries null if a relation has no rows.
          if (!value.every((one) => isNull(one) || this.#holdsShop(one, scope))) continue;
          source.isBound = isNew = true;
        }
      }
    }
  }

  /** Whether the expression is the shop, or the column `shop` of a bound source. */
  #holdsShop(expression: Node | undefined, scope: Scope): boolean {
    if (!expression) return false;
    if ("TypeCast" in expression) return this.#holdsShop(expression.TypeCast.arg, scope);
    if ("ParamRef" in expression) return this.#isShop(expression.ParamRef.number ?? 0);
    if (!("ColumnRef" in expression)) return false;
    const source = findSource(expression.ColumnRef, scope);
    if (!source) return false;
    // An unbound table of an outer query is reported there.
    return source.isBound || (source.table !== null && !scope.sources.includes(source));
  }

  #listOutput(targetList: Node[] | undefined, scope: Scope): Output[] {
    return (targetList ?? []).flatMap((target) => {
      if (!("ResTarget" in target)) return [];
      const { name, val } = target.ResTarget;
      const fields = val && "ColumnRef" in val ? (val.ColumnRef.fields ?? []) : [];
      const last = fields.at(-1);
      if (last && "A_Star" in last) {
        const of = fields.length > 1 ? nameOf(fields.at(-2)) : null;
        const held = scope.sources.filter(
          (source) => source.hasShopColumn && (of ?? source.alias) === source.alias,
        );
        const shops = held.map(({ isBound }) => ({ name: SHOP, isShop: isBound }));
        // The number of columns is unknown, so later columns cannot be found by position.
        return [{ name: "*", isShop: false }, ...shops];
      }
      return [{ name: name ?? nameOf(last), isShop: this.#holdsShop(val, scope) }];
    });
  }

  #report(sources: readonly Source[]): void {
    for (const { table, alias, isBound } of sources) {
      if (table !== null && !isBound) this.#unbound.push({ table, alias });
    }
  }
}

const isNull = (expression: Node) => "A_Const" in expression && expression.A_Const.isnull === true;
const isStar = ({ name }: Output) => name === "*";

function nameOf(field: Node | undefined): string | null {
  return field && "String" in field ? (field.String.sval ?? null) : null;
}

function toSource(relation: RangeVar | undefined, scope: Scope): Source {
  const name = relation?.relname ?? "";
  const alias = relation?.alias?.aliasname ?? name;
  const cte = relation?.schemaname ? undefined : scope.ctes.get(name);
  if (cte) return toDerived(alias, rename(cte, relation?.alias?.colnames));
  const isTable = TABLES.has(name);
  return { alias, table: isTable ? name : null, hasShopColumn: isTable, isBound: false };
}

function toDerived(alias: string, output: readonly Output[]): Source {
  const shops = output.filter(({ name }) => name === SHOP);
  const isBound = shops.length > 0 && shops.every(({ isShop }) => isShop);
  return { alias, table: null, hasShopColumn: shops.length > 0, isBound };
}

function rename(output: readonly Output[], names: Node[] | undefined): readonly Output[] {
  return names ? output.map((column, at) => ({ ...column, name: nameOf(names[at]) ?? column.name })) : output;
}

/** The source of a reference to the column `shop`; null for another column or an ambiguous source. */
function findSource({ fields = [] }: ColumnRef, scope: Scope): Source | null {
  if (nameOf(fields.at(-1)) !== SHOP) return null;
  const alias = fields.length > 1 ? nameOf(fields.at(-2)) : null;
  for (let at: Scope | null = scope; at; at = at.outer) {
    const found = at.sources.filter((source) =>
      alias === null ? source.hasShopColumn : source.alias === alias,
    );
    if (found.length > 0) return found.length === 1 ? found[0]! : null;
  }
  return null;
}

/** The conditions that an expression joins by AND. */
function toConditions(expression: Node | undefined, binds: readonly Source[]): Condition[] {
  if (!expression) return [];
  if ("BoolExpr" in expression && expression.BoolExpr.boolop === "AND_EXPR") {
    return (expression.BoolExpr.args ?? []).flatMap((part) => toConditions(part, binds));
  }
  return [{ expression, binds }];
}

/** The columns that a condition sets equal, each with all its possible values. Splits rows into columns. */
function listEqualities(expression: Node): [ColumnRef, readonly Node[]][] {
  if (!("A_Expr" in expression)) return [];
  const { kind, name, lexpr, rexpr }: A_Expr = expression.A_Expr;
  if (nameOf(name?.[0]) !== "=" || !lexpr || !rexpr) return [];
  const values = kind === "AEXPR_IN" && "List" in rexpr ? (rexpr.List.items ?? []) : [rexpr];
  if (kind !== "AEXPR_IN" && kind !== "AEXPR_OP" && kind !== "AEXPR_OP_ANY") return [];
  if ("RowExpr" in lexpr) {
    const rows = values.map((value) => ("RowExpr" in value ? (value.RowExpr.args ?? []) : []));
    return (lexpr.RowExpr.args ?? []).flatMap((column, at) =>
      "ColumnRef" in column && rows.every((row) => row[at])
        ? [[column.ColumnRef, rows.map((row) => row[at]!)] satisfies [ColumnRef, Node[]]]
        : [],
    );
  }
  return [
    ...("ColumnRef" in lexpr ? [[lexpr.ColumnRef, values] satisfies [ColumnRef, Node[]]] : []),
    ...(kind === "AEXPR_OP" && "ColumnRef" in rexpr
      ? [[rexpr.ColumnRef, [lexpr]] satisfies [ColumnRef, Node[]]]
      : []),
  ];
}

function toEquality(one: Source, other: Source): Node {
  const toColumn = ({ alias }: Source): Node => ({
    ColumnRef: { fields: [{ String: { sval: alias } }, { String: { sval: SHOP } }] },
  });
  return {
    A_Expr: {
      kind: "AEXPR_OP",
      name: [{ String: { sval: "=" } }],
      lexpr: toColumn(one),
      rexpr: toColumn(other),
    },
  };
}
