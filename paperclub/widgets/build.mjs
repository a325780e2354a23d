// Builds what learners are given: dist/ (one module for each figure) and dist/host/ (what a page without
// a kernel needs: it shows figures and plain ipywidgets, and presents the page), with the licences of
// what went in.
// `--out FOLDER` builds elsewhere, for the test that compares.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const place = process.argv.indexOf("--out");
const out = place > 0 ? process.argv[place + 1] : join(here, "dist");
const figures = (await readdir(join(here, "src"), { withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
  .map((entry) => join(here, "src", entry.name));

const common = {
  absWorkingDir: here, bundle: true, minify: true, target: "es2022", legalComments: "none",
  charset: "utf8", logLevel: "warning", metafile: true,
};

const built = [
  await build({ ...common, entryPoints: figures, format: "esm", outdir: out, loader: { ".css": "text" } }),
  await build({
    ...common, format: "iife", outdir: join(out, "host"),
    entryPoints: [join(here, "src/host/host.js"), join(here, "src/host/plain-widgets.js")],
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  }),
  await build({
    ...common, format: "iife", outdir: join(out, "host"), loader: { ".css": "text" },
    entryPoints: [join(here, "src/present/present.js")],
  }),
];

/** Folders of the packages that a build took something from. */
function packagesIn({ metafile }) {
  const folders = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).filter(([, use]) => use.bytesInOutput > 0).map(([file]) =>
      file.match(/^((?!\(disabled\)).*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]));
  return folders.filter(Boolean);
}

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  const file = (await readdir(join(here, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(join(here, folder, file), "utf8") : "";
  return `## ${name} ${version} (${license})\n\n${text.replaceAll("\r", "").trim()}\n`;
}

const packages = [...new Set(built.flatMap(packagesIn))].sort();
const licences = await Promise.all(packages.map(licence));
await writeFile(join(out, "LICENCES.md"), `# Other people's work in these files\n\n${licences.join("\n")}`);
