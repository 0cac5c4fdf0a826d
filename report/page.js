"use strict";
// A number opens the place it comes from. The provenance table holds it; the dialog only brings it nearer.
(() => {
  const dialog = document.getElementById("source"), list = dialog.querySelector("dl"), more = dialog.querySelector("a");
  const head = document.getElementById("source-shown");

  const show = (use, shown, extra) => {
    const anchor = document.getElementById("prov-" + use);
    if (!anchor) return;
    const row = anchor.closest("tr"), names = [...row.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
    const facts = [...extra];
    [...row.cells].forEach((cell, index) => { if (index) facts.push([names[index], cell.textContent]); });
    head.textContent = shown;
    head.classList.toggle("long", shown.length > 60);
    list.replaceChildren(...facts.flatMap(([name, text]) => {
      const term = document.createElement("dt"), fact = document.createElement("dd");
      term.textContent = name;
      fact.textContent = text;
      return [term, fact];
    }));
    more.setAttribute("href", "#prov-" + use);
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.val, a.src"), cell = event.target.closest(".exhibit[data-use] tbody td.num");
    if (link) {
      event.preventDefault();
      const raw = link.querySelector("data"), figure = link.closest("figcaption");
      const shown = figure ? figure.textContent.trim() : (link.closest(".sentence") || link).textContent.replace(/ source$/, "");
      show(link.hash.slice(6), shown, raw ? [["Value", raw.value]] : []);
    } else if (cell) {
      const table = cell.closest("table"), column = table.tHead.rows[0].cells[cell.cellIndex].dataset.column;
      show(cell.closest("figure").dataset.use, cell.textContent, [["Row", cell.parentElement.dataset.key], ["Column", column]]);
    }
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  more.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // The data behind a figure, read from the file that the page carries when somebody asks for them.
  const fields = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2]).replaceAll('""', '"'));
  document.querySelectorAll("details.data").forEach((details) => details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("table")) return;
    const bytes = Uint8Array.from(atob(details.querySelector("a.csv").href.split(",")[1]), (sign) => sign.charCodeAt(0));
    const rows = new TextDecoder().decode(bytes).trimEnd().split("\n").map(fields), table = document.createElement("table");
    const box = document.createElement("div");
    rows.forEach((row, index) => {
      const line = (index ? table.tBodies[0] || table.createTBody() : table.createTHead()).insertRow();
      row.forEach((text) => {
        const cell = document.createElement(index ? "td" : "th");
        cell.textContent = text;
        if (!index) cell.scope = "col";
        line.append(cell);
      });
    });
    box.className = "scroll";
    box.tabIndex = 0;
    box.append(table);
    details.append(box);
  }));

  // On a phone the contents are folded.
  if (matchMedia("(max-width: 62rem)").matches) document.querySelector("nav details").open = false;

  // The contents mark where the reader is.
  const links = new Map([...document.querySelectorAll("nav li a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const watch = new IntersectionObserver((seen) => seen.forEach((entry) => {
    if (!entry.isIntersecting) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(entry.target.id).setAttribute("aria-current", "true");
  }), { rootMargin: "-10% 0px -75%" });
  document.querySelectorAll("h1[id], h2[id]").forEach((heading) => { if (links.has(heading.id)) watch.observe(heading); });
})();
