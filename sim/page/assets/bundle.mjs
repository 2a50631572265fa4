// Bundles a page's script, what it imports and the parts of ECharts that it uses, and its style, and writes them as one C++ source file.
//
//   node bundle.mjs OUTPUT.cpp NAMESPACE NAME FOLDER      run where node_modules is
//
// FOLDER has NAME.js, NAME.css and may have NAME.html; they become NAMESPACE::NAME_script, NAME_style and NAME_body.
import { createRequire } from "node:module";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [output, namespace, name, folder] = process.argv.slice(2);
const modules = join(process.cwd(), "node_modules");
const { buildSync } = createRequire(join(modules, "x.js"))("esbuild");
const build = (entry, options) =>
  buildSync({
    entryPoints: [join(folder, entry)],
    bundle: true,
    write: false,
    minify: true,
    charset: "ascii",
    nodePaths: [modules],
    legalComments: "none",
    logLevel: "warning",
    ...options,
  }).outputFiles[0].text.trim();

const version = JSON.parse(readFileSync(join(modules, "echarts/package.json"), "utf8")).version;
const texts = {
  script: build(`${name}.js`, { format: "iife", target: "es2020", treeShaking: true }),
  style: build(`${name}.css`, {}),
};
const body = join(folder, `${name}.html`);
if (existsSync(body)) texts.body = readFileSync(body, "utf8").trim();

// Compilers limit a literal, not the sum of neighbours; a piece must not end inside the closing mark.
const literal = (text) => {
  if (text.includes(')page"')) throw new Error("the text holds the end of its own literal");
  return text.match(/[^]{1,12000}/g).map((piece) => `R"page(${piece})page"`).join("\n");
};
const names = Object.keys(texts).map((part) => `${name}_${part}`);
writeFileSync(
  output,
  `// Made by sim/page/assets/bundle.mjs. ECharts ${version}, Apache-2.0.
#include <string_view>
namespace ${namespace} {
extern const std::string_view ${[...names, "charts_version"].join(", ")};
${Object.entries(texts).map(([part, text]) => `const std::string_view ${name}_${part} =\n${literal(text)};`).join("\n")}
const std::string_view charts_version = "ECharts ${version}";
}  // namespace ${namespace}
`,
);
