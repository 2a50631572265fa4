// The state taken along: its link, the scenario as a file, and the command that repeats the figures.
import { element, section } from "../../page/assets/elements.js";
import { grid, start } from "./start.js";
import { encode } from "./state.js";

const most = 2000;
const copy = async (text, field, said) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    field?.select();
    if (!field || !document.execCommand("copy")) said = "Copying is not allowed here: the text is selected, press Ctrl+C.";
  }
  section("said").textContent = said;
  return said;
};
const told = (button, text) => {
  const before = button.dataset.words ??= button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = before; }, 1600);
};
const field = (id, label) => {
  const input = element("input", { type: "text", readonly: true, id, class: "copyable" });
  const button = element("button", { type: "button", id: `${id}-copy` }, "Copy");
  button.addEventListener("click", async () => { await copy(input.value, input, `${label} copied.`); told(button, "Copied"); });
  input.addEventListener("focus", () => input.select());
  return element("div", { class: "take" }, element("label", { for: id }, label), element("span", { class: "line" }, input, button));
};
/** The address of the page with the state in it. */
const link = (state) => {
  const base = location.href.split("#")[0], key = encode(state, Math.max(0, most - base.length - 1));
  return key ? `${base}#${key}` : base;
};
export const startShare = (now) => {
  const scenario = grid ? null : element("p", { class: "take" }, element("a", { id: "scenario-link", download: "" }, "The scenario with these changes"), ` (${(start.scenario ?? "scenario").replace(/^.*\//, "").replace(/\.toml$/, "")}, a TOML file)`);
  section("export-box").append(...[
    field("state-link", "Link to this state"),
    element("p", { class: "note" }, grid ? "The link opens this state wherever this file is." : "The link opens this state while sojourn play runs here; what follows # does the same on any page of this scenario."),
    scenario, field("command", "Command that repeats these figures")].filter(Boolean));
  section("copy-link").addEventListener("click", async () => { await copy(link(now()), section("state-link"), "Link copied."); told(section("copy-link"), "Copied"); });
};
export const refreshShare = (state) => {
  const address = link(state), key = encode(state);
  section("state-link").value = address;
  const scenario = section("scenario-link");
  if (scenario) scenario.setAttribute("href", `scenario.toml${key ? "?" + key : ""}`);
  history.replaceState(null, "", address.includes("#") ? address.slice(address.indexOf("#")) : location.pathname + location.search);
  return address.length <= most;
};
export const showCommand = (answer) => {
  section("command").value = answer?.command ?? "";
  section("command").closest(".take").hidden = !answer?.command;
};
