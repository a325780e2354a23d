// Copies other people's work out of node_modules, each with its licence: what the book's pages
// carry into book/static/vendor/, what only tests use into tests/vendor/. Run it after `npm ci`;
// the result is committed. `--out FOLDER` writes below that folder, for the test that compares.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const place = process.argv.indexOf("--out");
const root = place > 0 ? process.argv[place + 1] : join(here, "../..");
const vendor = join(root, "book/static/vendor");
const source = join(here, "node_modules/mathjax");
const target = join(vendor, "mathjax");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const file of ["tex-mml-chtml.js", "input/tex/extensions", "output/chtml/fonts/woff-v2"]) {
  await cp(join(source, "es5", file), join(target, file), { recursive: true });
}
await cp(join(source, "LICENSE"), join(target, "LICENSE"));

const { version, license } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
const count = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
await writeFile(join(vendor, "README.md"), `# Other people's work that the pages carry

Made by \`npm run vendor\` in \`paperclub/widgets/\`; not edited by hand. Nothing is fetched when a page is read.

| what | version | licence | files | what is left out |
|---|---|---|---|---|
| [MathJax](https://www.mathjax.org) (npm \`mathjax\`) | ${version} | ${license}, see \`mathjax/LICENSE\` | ${count} | SVG output, its menu's speech and explorer |

Built into \`paperclub/widgets/dist/\` by esbuild, with their notices in \`paperclub/widgets/dist/LICENCES.md\`: parts of d3 in the figures;
the widget manager, base and controls of ipywidgets in \`host/plain-widgets.js\`.
The icons are those of the theme's own web font (Font Awesome Free 6, CC BY 4.0 and SIL OFL 1.1).
`);

const axe = join(here, "node_modules/axe-core");
const checks = join(root, "tests/vendor");
await rm(checks, { recursive: true, force: true });
await mkdir(join(checks, "axe-core"), { recursive: true });
for (const file of ["axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"]) {
  await cp(join(axe, file), join(checks, "axe-core", file));
}
const about = JSON.parse(await readFile(join(axe, "package.json"), "utf8"));
await writeFile(join(checks, "README.md"), `# Other people's work that only tests use

Made by \`npm run vendor\` in \`paperclub/widgets/\`; not edited by hand. No page carries it.

| what | version | licence |
|---|---|---|
| [axe-core](https://www.deque.com/axe/) (npm \`axe-core\`), which finds what people with disabilities could not use | ${about.version} | ${about.license}, see \`axe-core/LICENSE\` and \`axe-core/LICENSE-3RD-PARTY.txt\` |
`);
