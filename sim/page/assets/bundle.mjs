// Bundles page.js, what it imports and the parts of ECharts that it uses, minifies page.css, and writes both as one C++ source file.
//
//   node bundle.mjs OUTPUT.cpp      run where node_modules is
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(process.cwd(), "node_modules");
const { buildSync } = createRequire(join(modules, "x.js"))("esbuild");
const here = dirname(fileURLToPath(import.meta.url));
const build = (entry, options) =>
  buildSync({
    entryPoints: [join(here, entry)],
    write: false,
    minify: true,
    charset: "ascii",
    nodePaths: [modules],
    legalComments: "none",
    logLevel: "warning",
    ...options,
  }).outputFiles[0].text.trim();

const version = JSON.parse(readFileSync(join(modules, "echarts/package.json"), "utf8")).version;
const script = build("page.js", { bundle: true, format: "iife", target: "es2020", treeShaking: true });
const style = build("page.css", {});

// Compilers limit a literal, not the sum of neighbours; a piece must not end inside the closing mark.
const literal = (text) => {
  if (text.includes(')page"')) throw new Error("the text holds the end of its own literal");
  return text.match(/[^]{1,12000}/g).map((piece) => `R"page(${piece})page"`).join("\n");
};
writeFileSync(
  process.argv[2],
  `// Made by sim/page/assets/bundle.mjs. ECharts ${version}, Apache-2.0.
#include <string_view>
namespace sojourn::report_pages {
extern const std::string_view page_script, page_style, charts_version;
const std::string_view page_script =
${literal(script)};
const std::string_view page_style =
${literal(style)};
const std::string_view charts_version = "ECharts ${version}";
}  // namespace sojourn::report_pages
`,
);
