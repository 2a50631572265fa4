// The script of the page to play with.
import { section } from "../../page/assets/elements.js";

const start = JSON.parse(section("start").textContent);
section("title").textContent = start.title;
section("question").textContent = start.question;
if (!start.grid) {
  const stream = new EventSource(`answers?page=${Math.random().toString(36).slice(2)}`);
  stream.addEventListener("answer", (event) => { section("answer").textContent = event.data; });
  stream.addEventListener("done", () => stream.close());
}
