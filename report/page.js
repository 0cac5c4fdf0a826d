"use strict";
// A number opens the place it comes from, a long table sorts by its heads, and the files behind tables and figures can be
// taken out of the page. Without this script the page shows the same text, tables and figures.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, attributes = {}, ...inner) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inner);
    return made;
  };
  const carried = (path) => document.getElementById("file:" + path);

  // ------------------------------------------------------------------------------- files that the page carries
  const file = async (path) => {
    const packed = Uint8Array.from(atob(carried(path).textContent), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  };

  const download = async (path) => {
    const address = URL.createObjectURL(new Blob([await file(path)], { type: "text/csv" }));
    make("a", { href: address, download: path.split("/").pop() }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };

  const lines = async (path) => {
    const text = new TextDecoder().decode(await file(path)).replace(/\n$/, ""), rows = [[]];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
      rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end === "\n") rows.push([]);
      if (end === "") break;
    }
    return rows;
  };

  // The row of the file that a row of an exhibit shows, by its key.
  const tables = new WeakMap();
  const record = async (row) => {
    const table = row.closest("table"), keys = table.dataset.keys.split(" ");
    if (!tables.has(table)) {
      tables.set(table, lines(table.closest("figure").querySelector("[data-file]").dataset.file).then(([head, ...body]) =>
        new Map(body.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])))
          .map((one) => [keys.map((name) => `${name}=${one[name]}`).join(", "), one]))));
    }
    return (await tables.get(table)).get(row.dataset.key) || {};
  };

  const column = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
  const raw = async (cell) => {
    const found = await record(cell.parentElement);
    return column(cell).dataset.column.split(" ").map((name) => [name, found[name] ?? ""]);
  };

  // ----------------------------------------------------------------------------------------- where it comes from
  const dialog = document.getElementById("source"), facts = dialog.querySelector("dl"), take = dialog.querySelector(".csv");
  const close = dialog.querySelector(".close");
  const rests = JSON.parse(document.getElementById("raw-files").textContent);
  const root = (Object.keys(rests)[0] || "").split("/").slice(0, 2).join("/") + "/";
  const rawRows = all("[id='tbl:raw'] tbody tr").map((row) => [row.cells[0].textContent, row.cells[1].textContent]);
  const rawFiles = (path) => (rests[path] || []).map((name) => {
    const [whole, kind] = rawRows.find(([one]) => one === name || one.endsWith("/" + name)) || [name];
    return kind ? `${whole} (${kind})` : whole;
  }).join("\n");

  const show = (use, shown, place, value) => {
    const row = document.getElementById("prov-" + use)?.closest("tr");
    if (!row) return;
    const [, named, [rule, ...hashes]] = [...row.cells].map((cell) => all("code", cell).map((code) => code.textContent));
    const files = named.slice(0, hashes.length), pointer = named.slice(hashes.length);
    const paths = files.map((path) => (path.includes("/") && !path.startsWith("data/") ? root + path : path));
    const where = place || (pointer.length ? [["Place in the file", pointer.join(" ")]] : []);
    const told = [
      ...(value === undefined ? [] : [["Value in the file", value]]), ["File", paths.join("\n")], ...where,
      ["Made by the rule", rule], ["Rests on raw files", rawFiles(paths[0])], ["SHA-256 begins", hashes.join("\n")],
    ];
    facts.replaceChildren(...told.filter(([, text]) => text).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
    const check = value === undefined ? "" : `Open the file at this place: it must say ${value}. `;
    dialog.querySelector(".check").textContent = `${check}In the project's folder, “sha256sum ${paths[0]}” must begin with `
      + `${hashes[0]}. “make verify” checks every number, table and figure of this report so.`;
    const head = document.getElementById("source-shown"), data = paths.find(carried);
    head.textContent = shown;
    head.classList.toggle("long", shown.length > 60);
    take.hidden = !data;
    take.dataset.file = data || "";
    dialog.querySelector("a").setAttribute("href", "#prov-" + use);
    dialog.showModal();
    close.focus();
  };

  const showCell = async (cell) => {
    const told = await raw(cell), value = told.map(([, text]) => text || "(blank)").join(" | ");
    const place = [["Row of the file", cell.parentElement.dataset.key], ["Column", told.map(([name]) => name).join(" | ")]];
    show(cell.closest("figure").dataset.use, cell.textContent, place, value);
  };

  const showLink = (link) => {
    const value = link.querySelector("data"), figure = link.closest("figcaption"), use = link.hash.slice(6);
    const words = (figure || link.closest(".sentence") || link).cloneNode(true);
    all(".kind, .sentence .src, :scope > .src:not(.label)", words).forEach((mark) => mark.remove());
    const shown = words.textContent.trim();
    const heads = figure ? all("thead th", figure.parentElement) : [];
    const columns = heads.map((head) => `${head.textContent.trim()} ← ${head.dataset.column.replaceAll(" ", ", ")}`).join("\n");
    const rows = all("tbody tr", figure?.parentElement || link).length;
    show(use, shown, heads.length ? [["Rows shown", String(rows)], ["Columns", columns]] : undefined, value?.value);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.val, a.src"), cell = event.target.closest("td.opens, th.opens");
    const button = event.target.closest("button.csv");
    if (link) event.preventDefault();
    if (link) showLink(link);
    else if (button) download(button.dataset.file);
    else if (cell && getSelection().isCollapsed) showCell(cell);
  });
  close.addEventListener("click", () => dialog.close());
  dialog.querySelector("a").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // --------------------------------------------------- tables: one tab stop each, arrows walk the cells, heads sort
  const stop = (cell) => cell.querySelector("button") || cell;
  const walk = (table) => {
    const scroll = table.parentElement;
    table.setAttribute("role", "grid");
    table.setAttribute("aria-readonly", "true");
    table.setAttribute("aria-labelledby", scroll.getAttribute("aria-labelledby"));
    table.setAttribute("aria-describedby", "walking");
    ["role", "tabindex", "aria-labelledby"].forEach((name) => scroll.removeAttribute(name));
    all("tbody tr > *", table).forEach((cell) => { if (/\d/.test(cell.textContent)) cell.classList.add("opens"); });
    all("thead button", table).forEach((button) => { button.tabIndex = -1; });
    (stop(table.rows[0].cells[0]) === table.rows[0].cells[0] ? table.rows[1] || table.rows[0] : table.rows[0]).cells[0].tabIndex = 0;
    let now = table.querySelector("[tabindex='0']");
    table.addEventListener("focusin", (event) => {
      const cell = event.target.closest("td, th");
      now.tabIndex = -1;
      now = stop(cell);
      now.tabIndex = 0;
    });
    table.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td, th"), line = cell.parentElement, index = cell.cellIndex;
      const across = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: line.cells.length - 1 }[event.key];
      const down = { ArrowUp: line.rowIndex - 1, ArrowDown: line.rowIndex + 1 }[event.key];
      const next = across === undefined ? table.rows[down]?.cells[index] : line.cells[across];
      if (event.key === "Enter" && cell.closest("tbody")) showCell(cell);
      else if (next) {
        stop(next).tabIndex = -1;
        stop(next).focus();
      } else if (across === undefined && down === undefined) return;
      event.preventDefault();
    });
  };

  const number = (text) => (text.trim() === "" ? NaN : Number(text));
  const sort = async (head, order) => {
    const body = head.closest("table").tBodies[0], rows = [...body.rows];
    const values = await Promise.all(rows.map(async (row) => (await raw(row.cells[head.cellIndex]))[0][1]));
    const numbers = values.every((text) => text === "" || !Number.isNaN(number(text)));
    const told = rows.map((row, index) => ({ row, place: Number(row.dataset.place), blank: values[index] === "",
      value: numbers ? number(values[index]) : row.cells[head.cellIndex].textContent }));
    const compare = (a, b) => (numbers ? a.value - b.value : a.value.localeCompare(b.value, "en", { numeric: true }));
    told.sort((a, b) => (order ? a.blank - b.blank || order * (a.blank ? 0 : compare(a, b)) || a.place - b.place : a.place - b.place));
    body.append(...told.map((one) => one.row));
    all("th", head.parentElement).forEach((one) => one.removeAttribute("aria-sort"));
    if (order) head.setAttribute("aria-sort", order > 0 ? "ascending" : "descending");
  };

  all(".exhibit[data-use] table").forEach((table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length > 8) {
      rows.forEach((row, index) => { row.dataset.place = index; });
      all("thead th", table).forEach((head) => {
        const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
        button.addEventListener("click", () => sort(head, { ascending: -1, descending: 0 }[head.getAttribute("aria-sort")] ?? 1));
        head.append(button);
      });
    }
    walk(table);
  });

  // --------------------------------------------------------------------------------- the data behind an exhibit
  const preview = async (path) => {
    const [head, ...body] = await lines(path);
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...body.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text))))));
    return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Rows of ${path.split("/").pop()}` }, table);
  };

  all(".data [data-file]").forEach((code) => {
    const path = code.dataset.file, figure = code.closest("figure"), label = figure.querySelector(".label").textContent;
    code.replaceWith(make("button", { type: "button", class: "csv", "data-file": path, "aria-label": `Download ${path.split("/").pop()}, the data of ${label}` }, code.textContent));
    if (!figure.querySelector(".picture")) return;
    const button = make("button", { type: "button", "aria-expanded": "false" }, "Show as a table");
    button.addEventListener("click", async () => {
      const open = button.getAttribute("aria-expanded") === "true";
      if (open) figure.querySelector(".data + .scroll").remove();
      else figure.querySelector(".data").after(await preview(path));
      button.setAttribute("aria-expanded", String(!open));
    });
    figure.querySelector(".data").append(button);
  });

  // A box is a stop for the keyboard only while there is something to scroll in it.
  const measure = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  all(".picture, .generated .scroll").forEach((box) => measure.observe(box));

  // ------------------------------------------------------------------------------------------------- contents
  const nav = document.querySelector("nav"), wide = matchMedia("(min-width: 62rem)");
  const links = new Map(all("li a", nav).map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const heads = all("h1[id], h2[id]").filter((head) => links.has(head.id));
  let marked, waiting = false;
  nav.classList.add("live");  // only the chapter that is being read shows its sections
  const mark = () => {
    waiting = false;
    const link = links.get(heads.findLast((head) => head.getBoundingClientRect().top < innerHeight / 3)?.id);
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    marked = link;
    if (!link || !wide.matches) return;
    const place = link.getBoundingClientRect(), frame = nav.getBoundingClientRect();
    if (place.top < frame.top || place.bottom > frame.bottom) nav.scrollTop += place.top - frame.top - frame.height / 3;
  };
  addEventListener("scroll", () => { if (!waiting) requestAnimationFrame(mark); waiting = true; }, { passive: true });
  mark();
  const fold = () => { nav.querySelector("details").open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();
})();
