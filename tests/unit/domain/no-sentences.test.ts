import { globSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, it } from "vitest";

/** Word lists and patterns for other people's texts. They are never shown to anybody. */
const WORD_LISTS = ["titles/title-words.ts", "collect/refund-reason.ts", "validate/countries.ts"];
/** Four words in a row. */
const SENTENCE = /(?:\p{L}[\p{L}'’]*[,;:]? ){3}\p{L}/u;

/** Whether a text is for programmers: in a thrown error or a schema refinement. */
function isForProgrammers(node: ts.Node): boolean {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (ts.isThrowStatement(outer)) return true;
    if (ts.isNewExpression(outer) && outer.expression.getText().endsWith("Error")) return true;
    if (ts.isCallExpression(outer) && outer.expression.getText().endsWith(".refine")) return true;
  }
  return false;
}

function findSentences(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text =
      ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
        ? node.text
        : ts.isTemplateExpression(node)
          ? node.getText().replaceAll(/\$\{[^}]*\}/g, "word")
          : "";
    if (SENTENCE.test(text) && !isForProgrammers(node)) found.push(`${path}: ${text}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it("the domain holds codes instead of sentences; sentences are in the locales", () => {
  const paths = globSync("app/domain/**/*.ts").filter(
    (path) => !WORD_LISTS.some((list) => path.endsWith(list)),
  );
  expect(paths.length).toBeGreaterThan(150);
  expect(paths.flatMap(findSentences)).toEqual([]);
});
