import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { BANNED, STORED } from "./tests/setup/vocabulary.ts";

/** Packages that do I/O. Pure code may import none of them, so its tests need no database, queue or browser. */
const IO =
  "^(@remix-run/|@shopify/|@prisma/|bullmq|ioredis|pg$|pino|express|@tensorflow/|react|node:)|^\\.\\./";

const NOT_DOMAIN = `${IO}|^#(?!app/domain/)`;

/** The steps of `app/domain/`, in their order. */
const STEPS = ["collect", "prepare", "behaviour", "trends", "propose", "validate", "publish", "evaluate"];

/** Another page's folder; a page imports its own files as "./". */
const OTHER_PAGE = "^#app/pages/[\\w-]+/";

/** Forbids imports that match `regex` in `files`. Imports that match `typed` may be types only. */
const forbid = (files, regex, message, typed = "$.") => ({
  files,
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex, message },
          { regex: typed, message, allowTypeImports: true },
        ],
      },
    ],
  },
});

/**
 * Queries to PostgreSQL: calls on a model of a Prisma client with a usual name, calls of Prisma's own verbs on any
 * name, and plain SQL. Transactions are allowed, because use cases open them.
 */
const QUERIES = [
  "CallExpression > MemberExpression.callee > MemberExpression.object[object.name=/^(db|tx|prisma)$/]",
  "CallExpression > MemberExpression.callee > MemberExpression.object[object.property.name=/^(db|tx|prisma)$/]",
  "CallExpression > MemberExpression.callee[object.type='MemberExpression']" +
    "[property.name=/^(find(Many|Unique|First)(OrThrow)?|(create|update|delete)Many(AndReturn)?|upsert|groupBy)$/]",
  "MemberExpression[property.name=/^\\$(query|execute)Raw(Unsafe)?$/]",
  "CallExpression > MemberExpression.callee[property.name='query'][object.name=/^(pool|client)$/]",
  "CallExpression > MemberExpression.callee[property.name='query'][object.property.name=/^(pool|client)$/]",
];

/** A property, parameter or schema field with a state's name and the type string. */
const NAME = "/(^s|S)tat(us|e)$/";
const TYPED = `:matches(TSPropertySignature[key.name=${NAME}], Identifier[name=${NAME}]) > TSTypeAnnotation`;
const LOOSE_STATES = [
  `${TYPED} > TSStringKeyword`,
  `${TYPED} > TSUnionType > TSStringKeyword`,
  `Property[key.name=${NAME}] MemberExpression[object.name='z'][property.name='string']`,
].map((selector) => ({
  selector,
  message: "a state is a union with its transitions in one place, as in app/domain/bundle-status.ts.",
}));

/** Synonyms of glossary terms. */
const WORDS = BANNED.map(({ name, instead }) => ({
  selector: `Identifier[name=/${name}/]:not([name=/^(${Object.keys(STORED).join("|")})$/])`,
  message: `one term for one thing: ${instead}. Stored names are listed in tests/setup/vocabulary.ts.`,
}));

/** A literal spread into another one hides excess properties from the type check. */
const SPREAD_LITERALS = {
  selector: "SpreadElement > ObjectExpression.argument",
  message: "write the properties themselves.",
};

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/",
      "build/",
      "app/data/generated/",
      "extensions/*/dist/",
      "extensions/*/assets/",
      "extensions/bundle-discount/assembly/",
      "tests/artefacts/",
      ".cache/",
    ],
  },
  tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Loops index typed arrays within checked bounds.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // A module that uses its own constant too early fails on import, which types do not show.
      "@typescript-eslint/no-use-before-define": [
        "error",
        { functions: false, classes: false, variables: false, typedefs: false, ignoreTypeReferences: true },
      ],
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      eqeqeq: "error",
      "no-duplicate-imports": "error",
    },
  },
  {
    files: [
      "jobs/cli/**/*.ts",
      "tests/bench/**/*.ts",
      "tests/setup/**",
      "tests/standin/**/*.ts",
      "extensions/build.ts",
    ],
    rules: { "no-console": "off" },
  },
  ...STEPS.map((step, at) =>
    forbid(
      [`app/domain/${step}/**/*.ts`],
      `${NOT_DOMAIN}|^#app/domain/(${STEPS.slice(at + 1).join("|") || "$"})/`,
      "domain/ is pure, and a step imports none of the steps after it.",
    ),
  ),
  forbid(
    ["app/domain/*.ts", "app/domain/numbers/*.ts"],
    `${NOT_DOMAIN}|^#app/domain/(${STEPS.join("|")})/`,
    "shared domain code is pure and imports no step.",
  ),
  {
    files: ["app/domain/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        "process",
        "performance",
        "setImmediate",
        "setInterval",
        "setTimeout",
        "AbortSignal",
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "domain/ gets the time as an argument." },
        { object: "Math", property: "random", message: "domain/ gets its random numbers as an argument." },
      ],
    },
  },
  forbid(
    ["app/learning/**/*.ts"],
    "^(@remix-run/|@shopify/|@prisma/|bullmq|ioredis|pg$|react)|^@tensorflow/(?!tfjs-core)|^\\.\\./|^#(?!app/(domain|learning)/)",
    "learning/ imports tensors and the domain; jobs/backend.ts picks the backend.",
  ),
  {
    files: ["app/learning/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["dataSync", "arraySync"].map((property) => ({
          property,
          message: "WebGPU cannot read a tensor without waiting: await data().",
        })),
      ],
    },
  },
  forbid(
    ["app/ui/**/*.{ts,tsx}"],
    "^#app/(pages|services|data|shopify|learning|web|routes|queue)/|^#jobs/|\\.server",
    "ui/ draws props for any page; loaders fetch.",
  ),
  forbid(
    ["app/pages/**/*.tsx", "app/pages/**/!(*.server).ts"],
    `^#app/(services|data|shopify|learning|web|routes|queue)/|^#jobs/|^[^.].*\\.server|${OTHER_PAGE}`,
    "a page's components get props and import no other page; shared ones are in pages/ or ui/.",
    "\\.server",
  ),
  forbid(
    ["app/pages/**/*.server.ts"],
    `^#app/(routes|web|ui|learning|queue)/|^#app/data/generated/|^#jobs/|^@remix-run/|^@shopify/|^bullmq|${OTHER_PAGE}`,
    "a page's readers import services and data, and no other page.",
  ),
  forbid(
    ["app/routes/**/*.{ts,tsx}"],
    "^#app/(data|learning|queue)/|^#jobs/|^@prisma/|^bullmq|^pg$",
    "routes/ authenticate, parse and call one service.",
  ),
  forbid(
    ["app/{data,shopify}/**/*.ts"],
    "^#app/(services|routes|pages|ui|web|queue)/|^#jobs/",
    "adapters never call upwards.",
  ),
  forbid(
    ["app/services/**/*.ts"],
    "^#app/(routes|pages|ui|web)/|^#app/data/generated/|^#jobs/|^@remix-run/|^bullmq",
    "services/ import neither HTTP nor the internals of the queue and of Prisma.",
  ),
  {
    files: ["tests/**/*.{ts,tsx}"],
    rules: { "no-restricted-syntax": ["error", SPREAD_LITERALS, ...WORDS] },
  },
  {
    files: ["extensions/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", SPREAD_LITERALS, ...LOOSE_STATES] },
  },
  {
    files: ["app/**/*.{ts,tsx}", "jobs/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", SPREAD_LITERALS, ...LOOSE_STATES, ...WORDS] },
  },
  forbid(
    ["app/web/**/*.ts"],
    "^#app/(routes|pages|ui|learning)/|^#jobs/",
    "web/ serves any page and imports none.",
  ),
  forbid(
    ["app/locales/**/*.ts"],
    "^#app/(?!(domain|locales|process)/)|^#jobs/",
    "locales/ only format the given values.",
  ),
  forbid(
    ["app/{process,queue}/**/*.ts"],
    "^#app/(?!(process|queue)/)|^#jobs/",
    "process/ and queue/ import nothing about the shop.",
  ),
  {
    files: ["app/{services,routes,pages,ui,web}/**/*.{ts,tsx}", "jobs/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        SPREAD_LITERALS,
        ...LOOSE_STATES,
        ...WORDS,
        ...QUERIES.map((selector) => ({
          selector,
          message: "only data/ queries PostgreSQL: call a function of the aggregate's file there.",
        })),
      ],
    },
  },
  forbid(
    ["extensions/**/*.ts"],
    "^#(app|jobs|tests)/|^\\.\\./\\.\\./",
    "extensions/ are separate packages: they run on Shopify's servers and in shoppers' browsers.",
  ),
);
