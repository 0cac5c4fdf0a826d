"""Dress the page that pandoc wrote with what pandoc does not know, as a tree of elements.

Values and sentences lead to their row of the provenance table; tables and figures get their caption, a box to scroll in
and the name of the file behind them. Styles, which the policy of the page forbids, become classes. Where a figure
belongs stands the comment ``picture <use>``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree, html

from scripts.report.provenance import rows_of
from scripts.report.tree import Uses, use_of
from scripts.report.words import add, mark, node

# Signs of a column's longest cell from which a text gets room, and a number may break.
ROOM: dict[bool, dict[str, int]] = {False: {"wide": 80, "long": 30}, True: {"long": 16}}


def dress(page: str, uses: Uses) -> Any:
    """The tree of the page.

    Raises
    ------
    InputError
        If the text marks a value that the log of uses does not know.
    """
    tree = html.document_fromstring(page)
    for span in list(tree.iter("span")):
        _span(span, uses)
    for place in tree.xpath("//div[@class='contents']"):  # of a book; a page has them at its side
        place.drop_tree()
    for entries in tree.xpath("//div[@class='lof' or @class='lot']"):
        _fold(entries)
    exhibits = tree.xpath("//div[starts-with(@id, 'tbl:')] | //figure[img]")
    labels = {exhibit.get("id"): exhibit.get("data-label") for exhibit in exhibits}
    for exhibit in exhibits:
        if exhibit.tag == "figure":
            _figure(exhibit, uses)
            continue
        if exhibit.get("data-provenance"):
            _trace(exhibit, uses, labels)
        _table(exhibit, uses)
    for warning in tree.xpath("//div[contains(concat(' ', @class, ' '), ' warning ')]"):
        warning.set("role", "note")
    chinese = set(tree.xpath("//*[@lang='zh']/descendant-or-self::*"))
    for element in list(tree.find("body").iter(etree.Element)):
        if element not in chinese and element.tag not in ("script", "style"):
            mark(element)
    return tree


def _move(source: Any, target: Any) -> None:
    """All that ``source`` holds to the end of ``target``."""
    add(target, source.text or "")
    for child in list(source):
        target.append(child)


# ---------------------------------------------------------------------------------------------------- values


def _span(span: Any, uses: Uses) -> None:
    classes = span.get("class", "").split()
    if "val" in classes:
        use = use_of(uses, span.get("id", ""))
        data = node("data", {"value": use["value"]})
        _move(span, data)
        span.text = None
        span.append(data)
        span.tag = "a"
        span.set("href", f"#prov-{use['id']}")
    elif "sentence" in classes:
        add(span, " ")
        span.append(_source(use_of(uses, span.get("id", ""))["id"], "source", "src", "Source of this sentence"))
    elif "zh" in classes:
        span.set("class", "zh")
    elif classes in (["txt"], ["citation"]):
        span.drop_tag()


def _source(identifier: str, text: str, classes: str, label: str = "") -> Any:
    more = {"aria-label": label} if label else {}
    return node("a", {"class": classes, "href": f"#prov-{identifier}", **more}, text)


# -------------------------------------------------------------------------------------------------- exhibits


def _table(box: Any, uses: Uses) -> None:
    use = use_of(uses, box.get("data-use")) if box.get("data-use") else None
    table, caption = box.find("table"), node("figcaption", {"id": f"cap-{box.get('id')}"})
    label = box.get("data-label")
    caption.append(_source(use["id"], label, "label src") if use else node("strong", {}, label))
    add(caption, " ")
    for child in list(table):
        if child.tag == "caption":
            _move(child, caption)
        if child.tag in ("caption", "colgroup"):
            table.remove(child)
    table.attrib.pop("style", None)
    _cells(table, use)
    region = {"class": "scroll", "role": "region", "tabindex": "0", "aria-labelledby": caption.get("id")}
    inner = [caption, node("div", region, table)]
    kind = {"class": "exhibit" if use else "exhibit generated", "id": box.get("id")}
    more = {"data-use": use["id"]} if use else {}
    figure = node("figure", {**kind, **more}, *inner, *([_data(use["file"])] if use else []))
    figure.tail = box.tail
    box.getparent().replace(box, figure)


def _trace(box: Any, uses: Uses, labels: Mapping[str, str]) -> None:
    """Fill a table of provenance with its rows."""
    body = node("tbody", {})
    for row in rows_of(uses, {"provenance": box.get("data-provenance"), "root": box.get("data-root")}, labels):
        link = node("a", {"id": f"prov-{row.use}", "href": f"#{row.place}"}, row.shown)
        body.append(node("tr", {}, node("td", {}, link), _codes(row.where), _codes(row.made)))
    box.find("table").append(body)


def _codes(texts: Sequence[str]) -> Any:
    cell = node("td", {})
    for text in texts:
        add(cell, " " if len(cell) else "")
        cell.append(node("code", {}, text))
    return cell


def _cells(table: Any, use: Mapping[str, Any] | None) -> None:
    """Heads get their scope and the file's columns, rows the key of the file's row, columns the room that they need."""
    heads, rows = list(table.find("thead")[0]), list(table.iterfind("tbody/tr"))
    for position, head in enumerate(heads):
        number = "right" in head.get("style", "")
        cells = [row[position] for row in rows]
        longest = max((len(cell.text_content()) for cell in cells), default=0) if use else 0
        room = next((name for name, signs in ROOM[number].items() if longest > signs), "")
        _cell(head, "num" if number else room)
        head.set("scope", "col")
        if use:
            head.set("data-column", " ".join(use["columns"][position]["names"]))
        for cell in cells:
            _cell(cell, f"num {room}".strip() if number else "")
    for position, row in enumerate(rows):
        row.attrib.clear()
        row[0].tag = "th"
        row[0].set("scope", "row")
        if use:
            key = use["rows"][position]["key"]
            table.set("data-keys", " ".join(sorted(key)))
            row.set("data-key", ", ".join(f"{name}={key[name]}" for name in sorted(key)))


def _cell(cell: Any, classes: str) -> None:
    cell.attrib.pop("style", None)
    cell.tail = None
    if classes:
        cell.set("class", classes)


def _figure(figure: Any, uses: Uses) -> None:
    use = use_of(uses, figure.find("img").get("data-use", ""))
    caption = node("figcaption", {"id": f"cap-{figure.get('id')}"})
    caption.append(_source(use["id"], figure.get("data-label"), "label src"))
    add(caption, " ")
    _move(figure.find("figcaption"), caption)
    region = {"class": "picture", "role": "region", "tabindex": "0", "aria-labelledby": caption.get("id")}
    picture = node("div", region, html.HtmlComment(f"picture {use['id']}"))
    attributes = {"class": "exhibit", "id": figure.get("id"), "data-use": use["id"]}
    made = node("figure", attributes, picture, caption, _data(use["data"]))
    made.tail = figure.tail
    figure.getparent().replace(figure, made)


def _data(path: str) -> Any:
    """The line that names the file behind an exhibit; the page's script makes a button of the name."""
    name = "/".join(path.split("/")[-2:])
    return node("p", {"class": "data"}, "Data: ", node("code", {"data-file": path}, name))


def _fold(entries: Any) -> None:
    """A list of figures or tables, to be opened: it is longer than a screen."""
    summary = node("summary", {}, f"Show the list ({len(entries.findall('ul/li'))})")
    details = node("details", {"class": "list"}, summary)
    details.tail = entries.tail
    entries.getparent().replace(entries, details)
    entries.tail = None
    details.append(entries)
